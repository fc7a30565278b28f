"""Every setting, from the environment or a `.env` file; the command line overrides them.

Only `assembly` and the entry points see this class; everything else takes plain arguments.
"""

from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from corpus.encoder import DEFAULT_MODEL
from corpus.errors import AssistantError


class SettingsError(AssistantError):
    """A setting has a value that makes no sense; the message names the variable."""


class Settings(BaseSettings):
    """Settings of an assistant; each is read from `ASSISTANT_<NAME>`."""

    model_config = SettingsConfigDict(env_prefix="ASSISTANT_", env_file=".env", extra="ignore")

    data_dir: Path = Field(default=Path("data"), description="Folder that holds the catalog and the indexes.")
    model: str = Field(
        default=DEFAULT_MODEL,
        description="The encoder: the default's name, or the folder of a sentence-transformers model.",
    )
    passages: int = Field(default=12, ge=1, le=100, description="How many passages are retrieved and read.")
    host: str = Field(default="127.0.0.1", description="Address the page and the API listen on.")
    port: int = Field(
        default=7860, ge=0, le=65535, description="Port the page and the API listen on; 0 takes a free one."
    )
    hosts: str = Field(
        default="",
        description="Names the server is reached under besides the loopback ones, separated by commas; for /mcp.",
    )
    llm: str | None = Field(
        default=None, description="A language model that words the answers, as provider:model; none by default."
    )
    llm_url: str | None = Field(
        default=None, description="Address of an OpenAI-compatible server, for example http://127.0.0.1:8000/v1."
    )
    llm_key: SecretStr | None = Field(
        default=None, description="The provider's key; without one, the provider's own variable is read."
    )
    llm_timeout: float = Field(
        default=20.0, gt=0, le=600, description="Seconds the language model has for one answer, all requests together."
    )
    llm_unsupported: Literal["drop", "mark"] = Field(
        default="drop", description="What becomes of a sentence that its sources only half support: drop or mark."
    )
    llm_price_in: float | None = Field(
        default=None, ge=0, description="Price of a million tokens read, for the cost in the log."
    )
    llm_price_out: float | None = Field(
        default=None, ge=0, description="Price of a million tokens written, for the cost in the log."
    )
    uploads: Literal["nobody", "anyone"] = Field(
        default="nobody", description="Who may add and remove documents on the page and over HTTP."
    )


def read_settings() -> Settings:
    """The settings of the environment; raises `SettingsError` with a sentence where one makes no sense."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = f"ASSISTANT_{'_'.join(str(part) for part in first['loc'])}".upper()
        raise SettingsError(f"The setting {name} is {first['input']!r}: {first['msg']}; mend or unset it.") from error
