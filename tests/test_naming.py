"""Names of the specification language as Python identifiers."""

from __future__ import annotations

import builtins
import doctest
import keyword
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nwb_models import misspelt, naming
from nwb_models.naming import class_name, identifier, module_name, snake_case, version_key, version_name


def test_examples() -> None:
    assert sum(doctest.testmod(module).failed for module in (misspelt, naming)) == 0


IDENTIFIERS = [
    # name in the file, field
    ("data", "data"),
    ("electrodes_index", "electrodes_index"),
    ("Vm", "Vm"),
    ("a-b", "a_b"),
    ("a b.c", "a_b_c"),
    ("a-- b", "a_b"),
    ("class", "class_"),
    ("None", "None_"),
    ("1st row", "field_1st_row"),
    ("_private", "private"),
    ("__init__", "init__"),
    ("", "field"),
    ("%", "field"),
    ("µ", "field"),
    ("température", "temp_rature"),
    ("\uff45\uff56\uff41\uff4c", "field"),  # "eval" in full width, which Python reads as "eval"
    ("x\x00y", "x_y"),
    ("x\ny", "x_y"),
]


@pytest.mark.parametrize(("name", "field"), IDENTIFIERS)
def test_identifier(name: str, field: str) -> None:
    assert identifier(name) == field


def test_a_name_that_is_taken_gets_an_underscore() -> None:
    assert identifier("data", {"data", "data_"}) == "data__"
    assert identifier("class", {"class_"}) == "class__"


@given(st.text(), st.sets(st.sampled_from(["data", "field", "class_", *dir(builtins)])))
@example("ﬁeld", {"field"})  # a ligature that Python would read as "fi"
def test_every_name_becomes_an_identifier_of_its_own(name: str, taken: set[str]) -> None:
    found = identifier(name, taken)
    assert found.isidentifier()
    assert found.isascii()
    assert not keyword.iskeyword(found)
    assert not found.startswith("_")
    assert found not in taken
    assert unicodedata.normalize("NFKC", found) == found


@given(st.text(min_size=1))
def test_modules_and_versions_are_identifiers(name: str) -> None:
    for found in (module_name(name), version_name(name), class_name(name)):
        assert found.isidentifier()
        assert found.isascii()
        assert not keyword.iskeyword(found)


CLASSES = [
    ("TimeSeries", "TimeSeries"),
    ("My-Type", "My_Type"),
    ("2DSeries", "Type_2DSeries"),
    ("None", "None_"),
]


@pytest.mark.parametrize(("neurodata_type", "name"), CLASSES)
def test_class_name(neurodata_type: str, name: str) -> None:
    assert class_name(neurodata_type) == name


SNAKES = [
    ("TimeSeries", "time_series"),
    ("LFP", "lfp"),
    ("RGBAImage", "rgba_image"),
    ("VectorData", "vector_data"),
    ("IZeroClampSeries", "i_zero_clamp_series"),
    ("already_snake", "already_snake"),
    ("Pose2D", "pose2_d"),
]


@pytest.mark.parametrize(("neurodata_type", "name"), SNAKES)
def test_snake_case(neurodata_type: str, name: str) -> None:
    assert snake_case(neurodata_type) == name


def test_versions_are_ordered_as_numbers() -> None:
    ordered = [
        "",
        "0.9",
        "1.0",
        "1.0.1",
        "2.0b",
        "2.0.1",
        "2.2.0",
        "2.6.0-alpha",
        "2.6.0",
        "2.10.0",
        "9" * 5000,
    ]
    assert sorted(ordered[5:] + ordered[:5], key=version_key) == ordered
