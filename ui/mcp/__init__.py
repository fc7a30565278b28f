"""The assistant as tools of the Model Context Protocol: `tools` is what they do, `server` gives them that protocol."""
