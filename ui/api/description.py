"""The description of the interface (OpenAPI), with what the routes' own declarations do not hold."""

from typing import Any

from fastapi import FastAPI

from ui.wire.completion_shapes import OpenAIError
from ui.wire.shapes import Problem

DESCRIPTION = (
    "Answers questions about international health cooperation from documents, every sentence with its exact source. "
    "What goes wrong is told as `application/problem+json`, and below `/v1/` as OpenAI's clients expect it. Every "
    "response carries an `X-Request-ID`: the caller's own, or a new one."
)


def described(app: FastAPI) -> None:
    """Complete the application's description; it is made when it is first asked for."""
    app.description = DESCRIPTION
    make = app.openapi

    def openapi() -> dict[str, Any]:
        made = make()
        schemas = made.setdefault("components", {}).setdefault("schemas", {})
        for shape in (Problem, OpenAIError):
            schema = shape.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(schema.pop("$defs", {}))
            schemas[shape.__name__] = schema
        _without_the_frameworks_own(made)
        return made

    app.openapi = openapi  # type: ignore[method-assign]


def _without_the_frameworks_own(made: dict[str, Any]) -> None:
    """FastAPI describes a refusal in a shape of its own wherever a route does not; nothing here answers in it."""
    for operations in made["paths"].values():
        for operation in operations.values():
            if "HTTPValidationError" in str(operation["responses"].get("422")):
                del operation["responses"]["422"]
    for name in ("HTTPValidationError", "ValidationError"):
        made["components"]["schemas"].pop(name, None)
