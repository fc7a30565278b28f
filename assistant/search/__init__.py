"""Which passages are read: vectors and keywords, fused, of more than one document."""
