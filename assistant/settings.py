"""Every setting, from the environment or a `.env` file; the command line overrides them.

Only `assembly` and the entry points see this class; everything else takes plain arguments.
"""

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
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
