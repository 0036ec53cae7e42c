"""Each rule of the translation as files: the specification, its LinkML, and its models.

``UPDATE_GOLDEN=1 pytest tests/schema/test_golden.py`` writes the last two anew; look at what has changed.
"""

from __future__ import annotations

import json
import os
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from nwb_models.errors import SpecificationWarning
from nwb_models.schema.codegen.execute import execute
from nwb_models.schema.codegen.generator import generate
from nwb_models.schema.language import load_document
from nwb_models.schema.provider import GENERATED, types_of
from nwb_models.schema.translation import from_linkml, to_linkml
from tests.schema.specs import base, extension

if TYPE_CHECKING:
    from nwb_models.schema.language import Spec

GOLDEN = Path(__file__).parent / "golden"
RULES = sorted(path.name for path in GOLDEN.iterdir())
rules = pytest.mark.parametrize("rule", RULES)


def compare(path: Path, text: str) -> None:
    """Compare a file with what was made, or write it."""
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text, "utf-8")
    assert path.read_text("utf-8") == text


def specified(rule: str) -> Spec:
    return load_document(GOLDEN / rule / "specification.yaml")


def linkml(rule: str) -> dict[str, Any]:
    """Return the schemas of a rule; that some of them are about names that the language does not have is known."""
    found, _ = extension(json.dumps(specified(rule)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SpecificationWarning)
        return to_linkml(found.documents, [base().documents])


def dumped(document: object) -> str:
    return str(yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=110))


def test_every_folder_has_its_files() -> None:
    names = {"specification.yaml", "linkml.yaml", "models.py"}
    assert len(RULES) >= 25
    assert dict.fromkeys(RULES, names) == {rule: {path.name for path in (GOLDEN / rule).iterdir()} for rule in RULES}


@rules
def test_the_classes_of_a_specification(rule: str) -> None:
    schemas = linkml(rule)
    compare(GOLDEN / rule / "linkml.yaml", dumped({"classes": schemas["types"]["classes"]}))


@rules
def test_the_specification_of_the_classes(rule: str) -> None:
    """Back from the files, which may have been edited by hand."""
    schemas = linkml(rule)
    schemas["types"]["classes"] = load_document(GOLDEN / rule / "linkml.yaml")["classes"]
    assert json.dumps(from_linkml(schemas)["types"], sort_keys=True) == json.dumps(specified(rule), sort_keys=True)


@rules
def test_the_models_of_a_specification(rule: str) -> None:
    found, specifications = extension(json.dumps(specified(rule)))
    sources = generate(found, specifications, "0" * 64)
    assert list(sources) == ["types", "__init__"]
    compare(GOLDEN / rule / "models.py", sources["types"])


@rules
def test_the_models_are_made(rule: str) -> None:
    found, specifications = extension(json.dumps(specified(rule)))
    below = execute(generate(base(), specifications, ""), f"{GENERATED}.golden_base.v1", {})
    source = (GOLDEN / rule / "models.py").read_text("utf-8")
    package = execute({"types": source}, f"{GENERATED}.golden.v1", {"base.v1_0_0": below})
    assert set(types_of(package)) == set(found.types)
    for cls in types_of(package).values():
        assert cls.model_rebuild(force=True)
