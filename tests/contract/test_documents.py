"""The contract's documents are what they claim to be."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from tests.documents import document

CONTRACT = Path(__file__).parents[2] / "contract"
METHODS = {"get", "put", "post", "patch", "delete"}


def nodes(value: Any) -> Iterator[Any]:
    """A value and everything in it."""
    yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nodes(inner)


@pytest.mark.parametrize("name", ["openapi.yaml", "asyncapi.yaml"])
def test_every_reference_leads_somewhere(name: str) -> None:
    whole = document(name)
    references = [node["$ref"] for node in nodes(whole) if isinstance(node, dict) and "$ref" in node]
    assert references
    for reference in references:
        found = whole
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]


@pytest.mark.parametrize("name", ["openapi.yaml", "asyncapi.yaml"])
def test_every_schema_is_json_schema_2020_12(name: str) -> None:
    for schema in document(name)["components"]["schemas"].values():
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})


@pytest.mark.parametrize("name", ["openapi.yaml", "asyncapi.yaml"])
def test_no_description_was_cut_at_a_comma(name: str) -> None:
    # In YAML's inline maps an unquoted comma ends a text, and what follows becomes a key without a value.
    assert [key for node in nodes(document(name)) if isinstance(node, dict) for key in node if node[key] is None] == []


def test_versions_are_those_the_contract_is_written_in() -> None:
    assert document("openapi.yaml")["openapi"] == "3.1.0"
    assert document("asyncapi.yaml")["asyncapi"] == "3.0.0"


def test_every_operation_has_a_name_of_its_own_and_problem_documents_for_refusals() -> None:
    whole = document("openapi.yaml")
    operations = [path[method] for path in whole["paths"].values() for method in METHODS & set(path)]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    for operation in operations:
        refusals = [answer for status, answer in operation["responses"].items() if status >= "400"]
        assert all("$ref" in answer for answer in refusals), operation["operationId"]
    for response in whole["components"]["responses"].values():
        assert set(response["content"]) == {"application/problem+json"}


def test_every_message_of_the_channel_is_said_by_one_side() -> None:
    whole = document("asyncapi.yaml")
    channel = set(whole["channels"]["device"]["messages"])
    said = [
        message["$ref"].rsplit("/", 1)[1]
        for operation in whole["operations"].values()
        for message in operation["messages"]
    ]
    assert sorted(said) == sorted(channel) == sorted(whole["components"]["messages"])


def test_promises_are_ids_sentences_requirements_and_states() -> None:
    promises = tomllib.loads((CONTRACT / "promises.toml").read_text(encoding="utf-8"))["promises"]
    assert len({promise["id"] for promise in promises}) == len(promises) == 53
    for promise in promises:
        assert set(promise) - {"as"} == {"id", "text", "requirements", "state"}
        assert promise["state"] in ("kept", "planned")
        assert promise["requirements"]
