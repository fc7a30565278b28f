"""Colours and type of the page, as a theme of Gradio; what a theme cannot say is in `page.css`."""

from typing import Any


def theme(gradio: Any) -> Any:
    """The theme, light and dark."""
    return gradio.themes.Base(
        primary_hue="teal",
        secondary_hue="teal",
        neutral_hue="slate",
        radius_size="lg",
        font=("system-ui", "sans-serif"),
        font_mono=("ui-monospace", "monospace"),
    ).set(
        body_text_color="#1d2730",
        body_text_color_dark="#e4e9ed",
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_700",
        button_primary_background_fill_hover_dark="*primary_600",
        link_text_color="*primary_700",
        link_text_color_hover="*primary_800",
        link_text_color_visited="*primary_700",
        link_text_color_dark="*primary_300",
        link_text_color_visited_dark="*primary_300",
    )
