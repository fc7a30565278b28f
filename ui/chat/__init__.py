"""The page people work in: the conversation (`conversation`) and the Gradio blocks that show it (`page`)."""
