"""What is derived from the catalog and searched: vectors and keywords, for each source its own."""
