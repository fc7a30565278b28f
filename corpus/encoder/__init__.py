"""Text becomes vectors: the protocol, the default model on onnxruntime, and any sentence-transformers folder."""
