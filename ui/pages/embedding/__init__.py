"""The assistant in a frame on a portal's page: `routes`, the portal's script (`embed.js`) and the frame's own."""
