"""From a name, `provider:model`, to a language model: LangChain's package for it, its address, its key.

Nothing is sent here. With an address, only the key given with it is ever sent there.
"""

import importlib.util
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from assistant.model.budget import Budget
from assistant.model.provider import LanguageModel
from assistant.model.provider_failures import failures
from assistant.model.usage import Prices
from corpus.errors import AssistantError

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

# The package that LangChain needs for each provider that is an extra of ours.
PACKAGES = {
    "openai": "langchain-openai",
    "anthropic": "langchain-anthropic",
    "mistralai": "langchain-mistralai",
    "google_genai": "langchain-google-genai",
}
# Reasoning counts towards it, so it is far more than an answer of a few sentences needs.
_MOST_TOKENS = 4_000


class ModelSettingError(AssistantError):
    """The language model cannot be set up as configured."""


def connect(
    name: str,
    *,
    url: str | None = None,
    key: str = "",
    timeout: float = 20.0,
    prices: Prices | None = None,
    budget: Budget | None = None,
) -> LanguageModel:
    """The language model `provider:model`, by LangChain's `init_chat_model`; nothing is sent yet.

    With a `url`, only the `key` given here is ever sent there, never one that the environment holds for the provider
    itself. Raises `ModelSettingError` where the provider is unknown or its package is missing.
    """
    provider, _, model = name.partition(":")
    if not provider or not model:
        raise ModelSettingError(
            f"ASSISTANT_LLM is {name!r}; give it as provider:model, for example openai:gpt-4o-mini."
        )
    package = PACKAGES.get(provider)
    if package and importlib.util.find_spec(package.replace("-", "_")) is None:
        raise ModelSettingError(f"The language model {name} needs the package {package}; run: pip install {package}")
    # One provider takes whole seconds only; the deadline is kept here anyway.
    options: dict[str, Any] = {
        "timeout": math.ceil(timeout),
        "max_retries": 0,
        "max_tokens": _MOST_TOKENS,
        "temperature": 0,
    }
    if url:
        options |= {"base_url": _checked(url), "api_key": key or "none"}
    elif key:
        options["api_key"] = key
    if provider == "openai":
        options["stream_usage"] = True  # which LangChain leaves out at other addresses than OpenAI's own
    chat = _initialised(name, options)
    if (getattr(chat, "profile", None) or {}).get("temperature") is False:
        chat = _initialised(name, {key: value for key, value in options.items() if key != "temperature"})
    shown = _without_secrets(url) if url else ""
    return LanguageModel(chat, name, timeout=timeout, prices=prices, address=shown, budget=budget)


def _initialised(name: str, options: Mapping[str, Any]) -> "BaseChatModel":
    from langchain.chat_models import init_chat_model

    provider, _, model = name.partition(":")
    try:
        chat: BaseChatModel = init_chat_model(model, model_provider=provider, **options)
    except ImportError as error:  # LangChain's own sentence, with the package to install
        raise ModelSettingError(f"The language model {name} lacks a package. {error}") from error
    except failures() as error:
        raise ModelSettingError(
            f"The language model {name} cannot be set up ({type(error).__name__}); check ASSISTANT_LLM, "
            "ASSISTANT_LLM_URL and the provider's key."
        ) from None
    return chat


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        sound = False
    if not sound:
        raise ModelSettingError("ASSISTANT_LLM_URL is no address; give one like http://127.0.0.1:8000/v1.")
    return url


def _without_secrets(url: str) -> str:
    """The address without a name, a password or a query in it."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}{parts.path}"
