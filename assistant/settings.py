"""Every setting, from the environment or a `.env` file; the command line overrides them.

Only `assembly` and the entry points see this class; everything else takes plain arguments.
"""

from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from corpus.encoder.model_files import DEFAULT_MODEL, Precision
from corpus.errors import AssistantError
from corpus.index.servers import Servers


class SettingsError(AssistantError):
    """A setting has a value that makes no sense; the message names the variable."""


class Settings(BaseSettings):
    """Settings of an assistant; each is read from `ASSISTANT_<NAME>`."""

    model_config = SettingsConfigDict(env_prefix="ASSISTANT_", env_file=".env", extra="ignore")

    data_dir: Path = Field(default=Path("data"), description="Folder that holds the catalog and the indexes.")
    catalog_url: SecretStr | None = Field(
        default=None,
        description="A PostgreSQL that several machines share, as postgresql://USER:PASSWORD@HOST/DATABASE.",
    )
    chroma_url: str | None = Field(
        default=None,
        validation_alias=AliasChoices("ASSISTANT_CHROMA_URL", "CHROMA_URL", "chroma_url"),
        description="A Chroma server for the vectors, as http://HOST:PORT; without one they lie in the data folder.",
    )
    model: str = Field(
        default=DEFAULT_MODEL,
        description="The encoder: the default's name, or the folder of a sentence-transformers model.",
    )
    precision: Precision = Field(
        default="int8",
        description="How the default encoder is run: in int8, or in float32, the reference to the last digits and a "
        "third as fast.",
    )
    passages: int = Field(default=12, ge=1, le=100, description="How many passages are retrieved and read.")
    host: str = Field(default="127.0.0.1", description="Address the page and the API listen on.")
    port: int = Field(
        default=7860, ge=0, le=65535, description="Port the page and the API listen on; 0 takes a free one."
    )
    hosts: str = Field(
        default="",
        description="Names the server is reached under besides the loopback ones, separated by commas.",
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
    llm_calls_a_day: int | None = Field(
        default=None, ge=0, description="Requests to the language model in a day, for all together; none: no limit."
    )
    llm_calls_a_day_each: int | None = Field(
        default=None, ge=0, description="Requests to the language model in a day for one person or key; none: no limit."
    )
    uploads: Literal["nobody", "writers"] = Field(
        default="nobody", description="Who may add and remove documents on the page and over HTTP."
    )
    conversations: Literal["browser", "server", "off"] = Field(
        default="browser",
        description="Where the page keeps conversations: in the reader's browser, on the server, or nowhere.",
    )
    record_questions: bool = Field(
        default=False, description="Whether every question asked is recorded, with its outcome, for the review page."
    )
    record_days: int = Field(
        default=90, ge=1, le=3650, description="Days after which recorded questions and feedback are deleted."
    )

    # Who may ask, and how much: `ui.access`. Lists are separated by commas.
    open: bool = Field(default=False, description="Whoever reaches the server may ask, also from other machines.")
    public_url: str = Field(default="", description="The address people use, where a proxy stands in front.")
    secret: SecretStr = Field(
        default=SecretStr(""), description="Signs sign-ins and tokens; by default one is made in the data folder."
    )
    proxy_user_header: str = Field(default="", description="Header in which a trusted proxy names the person.")
    proxy_groups_header: str = Field(default="", description="Header in which it names the person's groups.")
    proxy_peers: str = Field(default="", description="Addresses and networks of the proxies that are trusted.")
    ask_groups: str = Field(default="", description="Groups that may ask; empty: everyone who is signed in.")
    write_groups: str = Field(default="", description="Groups that may add and delete documents too.")
    admin_groups: str = Field(default="", description="Groups that may see reviews and metrics too.")
    oidc_issuer: str = Field(default="", description="OpenID Connect provider that people sign in with.")
    oidc_client_id: str = Field(default="", description="This server's client id at that provider.")
    oidc_client_secret: SecretStr = Field(default=SecretStr(""), description="The client's secret, if it has one.")
    oidc_scopes: str = Field(default="openid profile email", description="What is asked of the provider.")
    oidc_groups_claim: str = Field(default="groups", description="The claim that lists a person's groups.")
    session_hours: int = Field(default=8, ge=1, le=168, description="Hours until a person must sign in again.")
    origins: str = Field(default="", description="Origins whose scripts may call the API with a key or token.")
    frame_ancestors: str = Field(default="", description="Origins whose pages may show the assistant in a frame.")
    questions_per_minute: int = Field(default=60, ge=1, description="Questions a minute of one person or key.")
    requests_per_minute: int = Field(default=3000, ge=1, description="Requests a minute from one address.")
    questions_at_once: int = Field(default=4, ge=1, description="Questions being answered over the API at once.")
    questions_waiting: int = Field(default=128, ge=0, description="Questions that may wait; more are told to retry.")
    body_seconds: float = Field(
        default=20.0,
        gt=0,
        le=600,
        description="Seconds that a request's body may pause, and in all so long and one more for each 32 kB of it.",
    )
    log_requests: bool = Field(default=False, description="Write a line of JSON about every request to stderr.")
    log_questions: bool = Field(default=False, description="Put the text of questions into those lines.")
    audit: bool = Field(default=False, description="Keep a record of who asked what, and which documents were cited.")
    audit_days: int = Field(default=365, ge=1, description="Days that this record is kept.")

    @property
    def catalog_server(self) -> str | None:
        """The address of the shared catalog, with its password."""
        return self.catalog_url.get_secret_value() if self.catalog_url else None

    @property
    def servers(self) -> Servers:
        """The servers beside the data folder."""
        return Servers(self.catalog_server, self.chroma_url or None)


def read_settings() -> Settings:
    """The settings of the environment; raises `SettingsError` with a sentence where one makes no sense."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = f"ASSISTANT_{'_'.join(str(part) for part in first['loc'])}".upper()
        raise SettingsError(f"The setting {name} is {first['input']!r}: {first['msg']}; mend or unset it.") from error
