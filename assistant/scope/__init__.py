"""What one question may see: what was chosen and by whom, applied to a store."""
