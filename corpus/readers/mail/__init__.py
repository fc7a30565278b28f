"""E-mails: what the writer says, what others are quoted with, and what came along."""
