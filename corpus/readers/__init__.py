"""A file becomes an `Extraction`: one small reader per format, and one way to say why a file cannot be read.

Text and Markdown are kept character for character; for HTML, PDF, Word and e-mail the extracted text is the text that
offsets refer to. Readers do not chunk, do not index and never write; `isolation` runs them where a hostile file can do
no harm. Adding a format: a module with a function from bytes to `Extraction`, and a line in `formats`.
"""
