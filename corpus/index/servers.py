"""The servers beside the data folder, where there are any; without them, everything lies in the folder."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Servers:
    """Addresses: of the PostgreSQL that holds the catalog, and of the Chroma that holds the vectors.

    With a shared catalog each data folder has indexes of its own that follow it, of what no server holds.
    """

    catalog: str | None = field(default=None, repr=False)  # it may hold a password
    vectors: str | None = None
