"""A dataset with a single value behaves as that value, one with an array as that array."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import nwb_models as nwb
from nwb_models import core
from nwb_models.models.scaled import Scaled
from tests.conftest import EXAMPLE


def series(starting_time: float = 2.5) -> Any:
    return core.TimeSeries(name="s", data=[1.0, 2.0], unit="V", starting_time=starting_time, rate=10.0)


@pytest.fixture(params=["made", "read"])
def age(request: pytest.FixtureRequest) -> Any:
    if request.param == "read":
        return nwb.read(EXAMPLE).subject.age  # type: ignore[union-attr]
    return core.Subject(name="subject", age="P132D", species="Mus musculus").age


def test_text_is_compared_and_printed(age: Any) -> None:
    assert age == "P132D"
    assert "P132D" == age  # noqa: SIM300
    assert age != "P90D"
    assert age is not None
    assert (f"{age}", str(age), f"{age:>6}") == ("P132D", "P132D", " P132D")
    assert repr(age).startswith("<dataset 'age': 'P132D'")
    assert age + ", male" == "P132D, male"


def test_two_datasets_with_the_same_value_are_equal() -> None:
    one, two = series().starting_time, series().starting_time
    assert one is not two
    assert one == two
    assert one != series(3.0).starting_time
    assert {one: 1, two: 2}[one] == 1  # each is a key of its own


def test_numbers_are_reckoned_with() -> None:
    time = series().starting_time
    assert (time + 1, 1 + time, time - 1, 1 - time) == (3.5, 3.5, 1.5, -1.5)
    assert (time * 2, 2 * time, time / 2, 5 / time) == (5.0, 5.0, 1.25, 2.0)
    assert (time // 2, 5 // time, time % 2, 5 % time, time**2, 2**time) == (1.0, 2.0, 0.5, 0.0, 6.25, 2**2.5)
    assert (-time, +time, abs(-time), round(time), int(time), float(time)) == (-2.5, 2.5, 2.5, 2, 2, 2.5)
    assert time < 3 <= time + 1
    assert not time > 3
    assert math.isclose(time, 2.5)
    assert (time + np.arange(2)).tolist() == [2.5, 3.5]
    assert (np.arange(2) + time).tolist() == [2.5, 3.5]
    assert sorted([time, 1.0, 9.0]) == [1.0, 2.5, 9.0]
    assert f"{time:.2f} s" == "2.50 s"


def test_arrays_are_not_read_by_accident() -> None:
    data = nwb.read(EXAMPLE).acquisition["ElectricalSeries"].data
    for attempt in (lambda: data + 1, lambda: 2 * data, lambda: data > 0, lambda: float(data), lambda: -data):
        with pytest.raises(TypeError, match=r"/acquisition/ElectricalSeries/data.*\(6000, 4\): read it first"):
            attempt()
    assert data == data
    with pytest.warns(nwb.errors.NWBWarning, match="compare what it holds"):
        assert data != 7
    assert data is not None
    assert data != nwb.read(EXAMPLE).acquisition["ElectricalSeries"].data
    assert str(data) == repr(data)


@pytest.mark.parametrize("what", ["data", "value", "scaled"])
def test_what_numpy_has_is_there_once_data_is_read(what: str) -> None:
    """Which the error says; and of other names it does not."""
    found = nwb.read(EXAMPLE).acquisition["ElectricalSeries"]  # type: ignore[union-attr]
    array = {"data": found.data, "value": found.data.value, "scaled": found.scaled}[what]
    for name in ("mean", "T", "tolist"):
        with pytest.raises(AttributeError, match=rf"no attribute '{name}': read it first, all of it with \[\.\.\.\]"):
            getattr(array, name)
    with pytest.raises(AttributeError) as caught:
        array.attrs  # noqa: B018
    assert "read it first" not in str(caught.value)


def test_an_attribute_that_fails_says_why() -> None:
    with pytest.raises(AttributeError, match="'NoneType' object has no attribute 'data'"):
        Scaled(None).shape  # noqa: B018


def test_long_text_is_not_shown_in_a_representation() -> None:
    made = core.Subject(name="subject", age="P" + "1" * 100 + "D", species="Mus musculus").age
    assert repr(made) == "<dataset 'age'>"
