"""The API described as OpenAPI 3.1, generated from the catalogue: a new verb is described without another line here."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from scidex.kernel.actions import Catalogue, Verb
from scidex.surfaces.api.actions import IMPORT, offered
from scidex.surfaces.web.errors import STATUS
from scidex.surfaces.web.site import Answer, Site, json_answer

_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["category", "message", "cure"],
            "properties": {
                "category": {"type": "string", "enum": [*(each.category for each in STATUS), "http"]},
                "message": {"type": "string"},
                "cure": {"type": "string"},
                "reasons": {"type": "array", "items": {"type": "string"}},
            },
        }
    },
}
_Schemas = Mapping[tuple[Any, JsonSchemaMode], dict[str, Any]]


def read(site: Site, request: Request) -> Response:
    """``GET /api/v1/openapi.json``."""

    def make(_connection: Connection, base: str) -> Answer:
        return json_answer(document(site.installation.door.catalogue, base=base, version=site.installation.version))

    return site.answer(request, make)


def document(catalogue: Catalogue, *, base: str, version: str) -> dict[str, Any]:
    """The whole description of the API served at `base`."""
    verbs = offered(catalogue).values()
    imported = catalogue[IMPORT].result.model_fields["files"].annotation
    file_result: type[BaseModel] = imported.__args__[0]  # type: ignore[union-attr]
    schemas, definitions = models_json_schema(
        [*_models(verbs), (file_result, "serialization")],
        ref_template="#/components/schemas/{model}",
    )
    paths = {f"/api/v1/actions/{verb.name}": {"post": _action(verb, schemas)} for verb in verbs}
    paths["/api/v1/import"] = {"post": _import(schemas[file_result, "serialization"])}
    paths["/api/v1/debates/{ref}/rounds"] = {"post": _ROUND}
    return {
        "openapi": "3.1.0",
        "info": {"title": "SciDEX", "version": version, "license": {"name": "Apache 2.0", "identifier": "Apache-2.0"}},
        "servers": [{"url": base}],
        "security": [{"token": []}],
        "paths": paths | _reads(),
        "components": {
            "schemas": {**definitions.get("$defs", {}), "Error": _ERROR},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "`scidex token create`"}},
            "parameters": {
                "dry_run": _query(
                    "dry_run", "Do everything, then take it back.", {"type": "boolean", "default": False}
                ),
                "strict": _query("strict", "Refuse instead of mending.", {"type": "boolean", "default": False}),
                "name": _query("name", "The file's name; must be given with a bare body.", {"type": "string"}),
                "key": {
                    "name": "Idempotency-Key",
                    "in": "header",
                    "description": "The same request with the same key happens once.",
                    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
                },
            },
            "responses": {
                f"{category.category}": {"description": words, "content": _json({"$ref": "#/components/schemas/Error"})}
                for category, (_, words) in STATUS.items()
            },
        },
    }


def _models(verbs: Iterable[Verb]) -> list[tuple[type[BaseModel], JsonSchemaMode]]:
    found: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {}
    for verb in verbs:
        found[verb.command, "validation"] = None
        found[verb.result, "serialization"] = None
    return list(found)


def _action(verb: Verb, schemas: _Schemas) -> dict[str, Any]:
    return {
        "operationId": verb.name.replace(".", "_"),
        "summary": verb.summary,
        "description": inspect.cleandoc(verb.command.__doc__ or ""),
        "parameters": _parameters("dry_run", "key"),
        "requestBody": {"required": True, "content": _json(schemas[verb.command, "validation"])},
        "responses": _responses(schemas[verb.result, "serialization"]),
    }


def _import(result: dict[str, Any]) -> dict[str, Any]:
    upload = {"type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}}
    return {
        "operationId": "import_store",
        "summary": "Import a file",
        "description": "One file, up to 5,000,000 bytes: uploaded, or as the bare body with its name in the address.",
        "parameters": _parameters("name", "strict", "dry_run", "key"),
        "requestBody": {
            "required": True,
            "content": {"multipart/form-data": {"schema": upload}, "application/octet-stream": {}},
        },
        "responses": _responses(result),
    }


def _reads() -> dict[str, Any]:
    artifact = {
        "operationId": "artifact_read",
        "summary": "Read an artifact",
        "security": [],
        "parameters": [_REFERENCE],
        "responses": {"307": {"description": "Its JSON is at /artifact/{ref}.json"}},
    }
    return {
        "/api/v1/artifacts/{ref}": {"get": artifact},
        "/api/v1/": {"get": _open("index", "What there is")},
        "/api/v1/actions": {"get": _open("actions", "All verbs, with the JSON Schemas of command and result")},
        "/api/v1/openapi.json": {"get": _open("openapi", "This description")},
    }


def _open(name: str, summary: str) -> dict[str, Any]:
    responses = {"200": {"description": summary, "content": _json({})}}
    return {"operationId": name, "summary": summary, "security": [], "responses": responses}


def _responses(result: dict[str, Any]) -> dict[str, Any]:
    failures = {
        str(status): {"$ref": f"#/components/responses/{category.category}"} for category, (status, _) in STATUS.items()
    }
    return {"200": {"description": "Done", "content": _json(result)}, **failures}


def _parameters(*names: str) -> list[dict[str, str]]:
    return [{"$ref": f"#/components/parameters/{name}"} for name in names]


def _query(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


_REFERENCE = {"name": "ref", "in": "path", "required": True, "schema": {"type": "string"}}
_ROUND = {
    "operationId": "debate_round",
    "summary": "Let the default debaters hold a round",
    "description": "On an artifact or a debate; one is opened where there is none. Without new evidence nobody takes a turn.",
    "parameters": [_REFERENCE],
    "responses": _responses(
        {
            "type": "object",
            "required": ["debate", "round", "turns", "search"],
            "properties": {
                "debate": {"type": "string"},
                "round": {"type": "integer"},
                "turns": {"type": "array", "items": {"type": "object"}},
                "search": {"type": "string"},
            },
        }
    ),
}
