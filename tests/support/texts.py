"""Hostile text for property tests: what files really hold, and what nobody expects them to."""

from hypothesis import strategies as st

_FRAGMENTS = (
    *("", " ", "\n", "\n\n", "\r\n", "\r\n\r\n", "\t", "\f", "\v", "\x85", "\u2028", "\u00a0", "\u200b", "\u3000"),
    *(". ", "! ", "? ", "… ", "。", "？", '." ', ".) ", ": ", "; "),
    *("The minister spoke.", "Latvia and Azerbaijan signed it.", "Dr. J. Smith of the U.N. met Mr. Musayev."),
    *("Article 5.2. applies", "3.5 million", "am 4. Dezember", "2022. gada 19. septembrī", "e.g. this", "No. 7"),
    *("- item one", "* item", "1. first", "2) second", "# Heading", "> quoted", "| cell | cell |", "•"),
    *("👩‍⚕️", "🇱🇻", "e\u0301", "n\u0303o", "שלום עולם.", "مرحبا بالعالم.", "健康合作。", "보건 협력 장관", "Zdravlje"),
    *("x" * 300, "ab" * 500, "漢" * 250, "한" * 250, "👍" * 120, "a.b.c.d-" * 60, "word " * 120),
    *(
        "Share on social media",
        "date 2022-09-19 + ↺ − 16 px",
        "Read more",
        "Subscribe to our newsletter",
        "\x00",
        "\ufeff",
    ),
)

hostile = st.one_of(
    st.lists(st.sampled_from(_FRAGMENTS), max_size=25).map("".join),
    st.lists(st.one_of(st.sampled_from(_FRAGMENTS), st.text(max_size=20)), max_size=15).map(" ".join),
    st.text(),
)
