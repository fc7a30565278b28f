"""Every setting says what it is for, is read from the environment, and is written down where users look."""

from pathlib import Path

import pytest
from each import each
from pydantic import SecretStr, ValidationError

from assistant.settings import Settings

ROOT = Path(__file__).parents[2]
FIELDS = sorted(Settings.model_fields)
# A value other than the default, as it stands in the environment.
OTHER_VALUES = {
    **{"data_dir": "elsewhere", "model": "models/other", "passages": "7", "host": "0.0.0.0", "port": "8080"},
    **{"precision": "float32"},
    **{"hosts": "assistant.example.org"},
    **{"llm": "openai:other", "llm_url": "http://127.0.0.1:8000/v1", "llm_key": "**********", "llm_timeout": "7.5"},
    **{"llm_unsupported": "mark", "llm_price_in": "0.15", "llm_price_out": "0.6"},
    **{"llm_calls_a_day": "500", "llm_calls_a_day_each": "50"},
    **{"uploads": "writers", "catalog_url": "**********", "chroma_url": "http://127.0.0.1:8000"},
    **dict.fromkeys(("open", "log_requests", "log_questions", "audit"), "True"),
    **{"public_url": "https://assistant.example", "secret": "**********", "session_hours": "7", "audit_days": "7"},
    **{"proxy_user_header": "X-User", "proxy_groups_header": "X-Groups", "proxy_peers": "10.0.0.0/8"},
    **{"ask_groups": "staff", "write_groups": "editors", "admin_groups": "owners"},
    **{"oidc_issuer": "https://sign-in.example", "oidc_client_id": "assistant", "oidc_client_secret": "**********"},
    **{"oidc_scopes": "openid", "oidc_groups_claim": "roles"},
    **{"origins": "https://portal.example", "frame_ancestors": "https://portal.example"},
    **{"questions_per_minute": "7", "requests_per_minute": "7", "questions_at_once": "7", "questions_waiting": "7"},
    **{"body_seconds": "7.5"},
    **{"conversations": "server", "record_questions": "True", "record_days": "30"},
}

every_setting = each("name", FIELDS)


def variable(name: str) -> str:
    return f"ASSISTANT_{name.upper()}"


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable and no `.env` file of whoever runs the tests."""
    for name in FIELDS:
        monkeypatch.delenv(variable(name), raising=False)
    monkeypatch.delenv("CHROMA_URL", raising=False)
    monkeypatch.chdir(tmp_path)


@every_setting
def test_a_setting_says_what_it_is_for(name: str) -> None:
    description = Settings.model_fields[name].description
    assert description
    assert description.endswith(".")


@every_setting
def test_a_setting_stands_in_the_table_with_its_default(name: str) -> None:
    defaults = documented_defaults((ROOT / "docs" / "settings.md").read_text(encoding="utf-8"))
    assert variable(name) in defaults, f"{variable(name)} has no row in docs/settings.md"
    assert defaults[variable(name)] == default_as_written(name)


def test_the_table_holds_no_setting_that_is_none() -> None:
    defaults = documented_defaults((ROOT / "docs" / "settings.md").read_text(encoding="utf-8"))
    assert set(defaults) - {"CHROMA_URL"} == {variable(name) for name in FIELDS}


def test_a_table_with_another_default_is_noticed() -> None:
    rows = "| `ASSISTANT_HOST`, `ASSISTANT_PORT` | `127.0.0.1`, `80` | where |\n| `ASSISTANT_LLM` | none | a model |"
    assert documented_defaults(rows) == {"ASSISTANT_HOST": "127.0.0.1", "ASSISTANT_PORT": "80", "ASSISTANT_LLM": None}
    assert documented_defaults(rows)["ASSISTANT_PORT"] != default_as_written("port")


def documented_defaults(page: str) -> dict[str, str | None]:
    """Variable → the default in its row; none where the row names no value. Several variables share a row's cells."""
    found: dict[str, str | None] = {}
    for row in (line for line in page.splitlines() if line.startswith("| `")):
        names, values = (_in_backticks(cell) for cell in row.split("|")[1:3])
        found |= dict(zip(names, values or [None] * len(names), strict=True))
    return found


def _in_backticks(cell: str) -> list[str]:
    return cell.split("`")[1::2]


def default_as_written(name: str) -> str | None:
    default = Settings.model_fields[name].default
    if isinstance(default, SecretStr) or default in (None, ""):
        return None
    return (
        f"{default:g}"
        if isinstance(default, float)
        else str(default).lower()
        if default in (True, False)
        else str(default)
    )


@every_setting
def test_a_setting_has_a_default(name: str) -> None:
    assert not Settings.model_fields[name].is_required()


@every_setting
def test_a_setting_is_read_from_the_environment(name: str) -> None:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(variable(name), OTHER_VALUES[name])
        assert str(getattr(Settings(), name)) == OTHER_VALUES[name]
        assert getattr(Settings(), name) != Settings.model_fields[name].default


def test_a_setting_is_read_from_a_file_and_the_environment_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("ASSISTANT_PORT=8080\nASSISTANT_PASSAGES=7\nSOMETHING_ELSE=1\n", encoding="utf-8")
    monkeypatch.setenv("ASSISTANT_PORT", "9090")
    assert (Settings().port, Settings().passages) == (9090, 7)


def test_the_vector_server_is_read_from_the_variable_that_others_use_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHROMA_URL", "http://127.0.0.1:8001")
    assert Settings().servers.vectors == "http://127.0.0.1:8001"


def test_no_password_of_a_server_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ASSISTANT_CATALOG_URL", "postgresql://assistant:hidden@127.0.0.1/assistant")
    settings = Settings()
    assert settings.servers.catalog == "postgresql://assistant:hidden@127.0.0.1/assistant"
    assert "hidden" not in f"{settings!r} {settings} {settings.servers!r}"


@pytest.mark.parametrize(("name", "value"), [("port", "seven"), ("port", "70000"), ("passages", "0")])
def test_a_senseless_value_is_refused(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable(name), value)
    with pytest.raises(ValidationError, match=name):
        Settings()
