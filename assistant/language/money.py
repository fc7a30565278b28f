"""Whether a text names a sum of money: by the signs, codes and names of currencies."""

import re

_MONEY = re.compile(r"[€$£]|\b(?:EUR|USD|GBP|AZN|(?i:euros?|dollars?|manats?|lats|pounds))\b")


def names_money(text: str) -> bool:
    """Whether a currency is named."""
    return bool(_MONEY.search(text))
