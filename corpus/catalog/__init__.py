"""The source of truth: documents, passages, failures and who may see them, as rows of one database."""
