"""Where conversations are kept: slots in the reader's browser, or a table on the server.

A store is told who asks and what the browser holds, and says what the browser is to hold: values by slot number, which
is nothing for the server's store. Slots are written one by one, so that two windows of one browser keep theirs.
"""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

import sqlalchemy as sql

from corpus.catalog.database import String
from ui.keeping.conversations import Conversation, Listed, as_data, from_data, in_order
from ui.storage.database import Database, metadata

SLOTS = 30
MOST_ON_SERVER = 500  # of one user; the ones least recently used make room
# A new conversation takes the place of one of these oldest, whichever, so that two windows rarely take the same.
_OLDEST = 5
EMPTY: dict[str, Any] = {}  # Gradio writes nothing to a slot that is given None

Writes = Mapping[int, dict[str, Any]]

conversations = sql.Table(
    "conversation",
    metadata,
    sql.Column("key", String, primary_key=True),
    sql.Column("user", String, nullable=False, index=True),
    sql.Column("title", String, nullable=False),
    sql.Column("updated", String, nullable=False),
    sql.Column("content", String, nullable=False),
)


class ConversationStore(Protocol):
    """A place for conversations; `slots` is how many values the browser holds for it."""

    slots: int

    def listed(self, user: str, held: Sequence[object]) -> list[Listed]:
        """What is kept, newest first."""

    def put(self, user: str, conversation: Conversation, listed: Sequence[Listed]) -> tuple[Conversation, Writes]:
        """Keep a conversation, a new one under a new key; `listed` are those known to be kept."""

    def get(self, user: str, held: Sequence[object], key: str) -> Conversation | None:
        """The conversation of that key, or None."""

    def remove(self, user: str, key: str) -> Writes:
        """Forget the conversation of that key."""

    def hand_out(self, conversation: Conversation) -> dict[str, Any]:
        """What the open page holds of the conversation it shows."""

    def take_back(self, user: str, data: object) -> Conversation | None:
        """The conversation that was handed out, or None."""


class BrowserConversations:
    """Thirty slots in the reader's browser; a key is a slot's number. Nothing reaches the server's disk."""

    slots = SLOTS

    def __init__(self, choose: Callable[[Sequence[int]], int] = secrets.choice) -> None:
        self._choose = choose

    def listed(self, user: str, held: Sequence[object]) -> list[Listed]:
        """What the slots hold, newest first."""
        found = [self._in_slot(value, slot) for slot, value in enumerate(held)]
        return in_order([Listed(item.key, item.title, item.updated) for item in found if item])

    def put(self, user: str, conversation: Conversation, listed: Sequence[Listed]) -> tuple[Conversation, Writes]:
        """Write the conversation to its slot, or to a free one; with none free, one of the oldest makes room."""
        slot = _slot(conversation.key)
        if slot is None:
            taken = {_slot(item.key) for item in listed}
            free = [number for number in range(SLOTS) if number not in taken]
            oldest = [_slot(item.key) or 0 for item in in_order(listed)[-_OLDEST:]]
            slot = self._choose(free or oldest)
        kept = replace(conversation, key=str(slot))
        return kept, {slot: as_data(kept)}

    def get(self, user: str, held: Sequence[object], key: str) -> Conversation | None:
        """What the slot holds, where that is a conversation."""
        slot = _slot(key)
        return None if slot is None or slot >= len(held) else self._in_slot(held[slot], slot)

    def remove(self, user: str, key: str) -> Writes:
        """Empty the slot."""
        slot = _slot(key)
        return {} if slot is None else {slot: EMPTY}

    def hand_out(self, conversation: Conversation) -> dict[str, Any]:
        """All of it: there is no other copy to go on from."""
        return as_data(conversation)

    def take_back(self, user: str, data: object) -> Conversation | None:
        """The conversation, read as strictly as a slot."""
        return from_data(data)

    def _in_slot(self, value: object, slot: int) -> Conversation | None:
        found = from_data(value)
        return None if found is None else replace(found, key=str(slot))


class ServerConversations:
    """A table of the records database; each user sees only their own, and nobody without a name keeps anything."""

    slots = 0

    def __init__(self, database: Database) -> None:
        self._database = database

    def listed(self, user: str, held: Sequence[object]) -> list[Listed]:
        """The user's conversations, newest first."""
        if not user or not self._database.exists:
            return []
        table = conversations.c
        query = sql.select(table.key, table.title, table.updated).where(table.user == user)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(table.updated.desc(), table.key)).all()
        return [Listed(*row) for row in rows]

    def put(self, user: str, conversation: Conversation, listed: Sequence[Listed]) -> tuple[Conversation, Writes]:
        """Store the conversation; the user's least recently used ones make room beyond the limit."""
        if not user:
            return conversation, {}
        kept = conversation if conversation.key else replace(conversation, key=secrets.token_urlsafe(16))
        values = {"title": kept.title, "updated": kept.updated, "content": json.dumps(as_data(kept))}
        mine = (conversations.c.key == kept.key) & (conversations.c.user == user)
        with self._database.writing() as connection:
            if not connection.execute(conversations.update().where(mine).values(values)).rowcount:
                kept = replace(kept, key=secrets.token_urlsafe(16))  # never a key of the browser's choosing
                values["content"] = json.dumps(as_data(kept))
                connection.execute(conversations.insert().values(key=kept.key, user=user, **values))
            newest = sql.select(conversations.c.key).where(conversations.c.user == user)
            newest = newest.order_by(conversations.c.updated.desc()).limit(MOST_ON_SERVER)
            too_many = (conversations.c.user == user) & conversations.c.key.not_in(newest)
            connection.execute(conversations.delete().where(too_many))
        return kept, {}

    def get(self, user: str, held: Sequence[object], key: str) -> Conversation | None:
        """The conversation, where it is the user's."""
        if not user or not self._database.exists:
            return None
        mine = (conversations.c.key == key) & (conversations.c.user == user)
        with self._database.reading() as connection:
            content = connection.scalar(sql.select(conversations.c.content).where(mine))
        found = None if content is None else from_data(json.loads(content))
        return None if found is None else replace(found, key=key)

    def remove(self, user: str, key: str) -> Writes:
        """Delete the conversation, where it is the user's."""
        if user and self._database.exists:
            with self._database.writing() as connection:
                mine = (conversations.c.key == key) & (conversations.c.user == user)
                connection.execute(conversations.delete().where(mine))
        return {}

    def hand_out(self, conversation: Conversation) -> dict[str, Any]:
        """The key alone: what is stored here never comes from a browser."""
        return {"key": conversation.key}

    def take_back(self, user: str, data: object) -> Conversation | None:
        """The stored conversation of that key, where it is the user's."""
        key = data.get("key") if isinstance(data, dict) else None
        return self.get(user, (), key) if isinstance(key, str) else None


def purge_conversations(database: Database, before: str) -> int:
    """Delete the conversations on the server that nobody continued since that moment; returns how many."""
    with database.writing() as connection:
        return connection.execute(conversations.delete().where(conversations.c.updated < before)).rowcount


def _slot(key: str) -> int | None:
    return int(key) if key.isascii() and key.isdigit() and len(key) <= len(str(SLOTS)) and int(key) < SLOTS else None
