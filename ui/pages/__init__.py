"""Pages without a chat: documents, timeline, review, and the frame for a portal."""
