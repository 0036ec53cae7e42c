"""Where a file keeps its specifications, what is read of them, and what files share in one process."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
import pytest

from nwb_models.errors import SpecificationError
from nwb_models.io.specifications import read_specs_as_dicts, specifications_place, stored_specifications

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HEADER = {"namespaces": [{"name": "ndx", "version": "0.1.0", "doc": "d", "schema": [{"source": "types"}]}]}


def _file(path: Path, types: Any, *, specloc: bool = True) -> h5py.File:
    """Return a new file with a namespace of one document besides its header."""
    file = h5py.File(path, "w")
    group = file.create_group("specifications/ndx/0.1.0")
    group["namespace"] = json.dumps(HEADER)
    if isinstance(types, h5py.Datatype | tuple):
        shape, dtype = types
        group.create_dataset("types", shape, dtype)
    else:
        group["types"] = types
    if specloc:
        file.attrs[".specloc"] = file["specifications"].ref
    return file


# ---------------------------------------------------------------------------------------------- documents
TEXT = '{"groups": []}'
FORMS: dict[str, Any] = {
    "text": TEXT,
    "ASCII": np.array(TEXT.encode(), dtype=h5py.string_dtype("ascii")),
    "text of fixed length": np.bytes_(TEXT),
    "one in an array": np.array([TEXT], dtype=h5py.string_dtype()),
}
OTHERS: dict[str, Any] = {
    "two in an array": np.array([TEXT, TEXT], dtype=h5py.string_dtype()),
    "a number": 3,
    "numbers of any length": ((), h5py.vlen_dtype(np.uint8)),
    "a reference": ((), h5py.ref_dtype),
    "a region": ((), h5py.regionref_dtype),
    "compound": np.zeros((), dtype=[("a", "i4"), ("b", "f8")]),
    "nothing": h5py.Empty(h5py.string_dtype()),
    "never written": ((), h5py.string_dtype()),
    "not UTF-8": np.array(b"\xff", dtype=h5py.string_dtype()),
}


@pytest.mark.parametrize("types", FORMS.values(), ids=FORMS)
def test_a_document_is_text_in_any_form(types: Any, tmp_path: Path) -> None:
    """Of any or fixed length, alone or the only element of an array."""
    with _file(tmp_path / "a.h5", types) as file:
        assert read_specs_as_dicts(file) == {"ndx": {"0.1.0": {"namespace": HEADER, "types": {"groups": []}}}}


@pytest.mark.parametrize("types", OTHERS.values(), ids=OTHERS)
def test_what_is_no_text_is_no_document(types: Any, tmp_path: Path) -> None:
    """Which is said; the other documents can be read."""
    with _file(tmp_path / "a.h5", types) as file:
        ((_, _, namespace),) = stored_specifications(file).namespaces
        assert (namespace.name, namespace.version) == ("ndx", "0.1.0")
        with pytest.raises(SpecificationError, match=r"^ndx/0\.1\.0/types is no JSON: "):
            namespace.documents["types"]


# ---------------------------------------------------------------------------------------------- places
def _move(file: h5py.File) -> None:
    file.move("specifications", "elsewhere")


def _soft(file: h5py.File) -> None:
    _move(file)
    file["specifications"] = h5py.SoftLink("/elsewhere")


def _second_link(file: h5py.File) -> None:
    file["another"] = file["specifications"]


def _refer(target: str) -> Callable[[h5py.File], None]:
    def change(file: h5py.File) -> None:
        _move(file)
        file.create_group("specifications")
        file.attrs[".specloc"] = file[target].ref

    return change


def _state(value: Any) -> Callable[[h5py.File], None]:
    def change(file: h5py.File) -> None:
        file.attrs[".specloc"] = value

    return change


def _root(file: h5py.File) -> None:
    del file["specifications"]
    file["specifications"] = file["/"]
    file.attrs[".specloc"] = file.ref


def _dataset(file: h5py.File) -> None:
    del file["specifications"]
    file["specifications"] = 1
    file.attrs[".specloc"] = file["specifications"].ref


PLACES: dict[str, Any] = {
    # what is changed in a file that has them where all have them, the path, and whether ``.specloc`` is wrong
    "usual": (lambda file: None, "/specifications", False),
    "no attribute": (lambda file: file.attrs.__delitem__(".specloc"), "/specifications", False),
    "the attribute is a path": (_state("/specifications"), "/specifications", False),
    "the attribute is a path to nothing": (_state("/nothing"), "/specifications", True),
    "the attribute is a number": (_state(1), "/specifications", True),
    "the attribute is null": (_state(h5py.Reference()), "/specifications", True),
    "elsewhere": (_move, "/elsewhere", False),
    "elsewhere, with a soft link": (_soft, "/specifications", False),
    "two links": (_second_link, "/specifications", False),
    "elsewhere, and another group has the name": (_refer("elsewhere"), "/elsewhere", False),
    "the attribute names the empty one": (_refer("specifications"), "/specifications", False),
    "the root": (_root, "", True),
    "a dataset": (_dataset, "", True),
    "nothing": (lambda file: file.clear(), "", True),
}


@pytest.mark.parametrize(("change", "path", "is_misstated"), PLACES.values(), ids=PLACES)
def test_where_specifications_are(
    change: Callable[[h5py.File], None], path: str, tmp_path: Path, *, is_misstated: bool
) -> None:
    """Where ``.specloc`` leads to, else at ``/specifications``."""
    with _file(tmp_path / "a.h5", TEXT) as file:
        change(file)
        place = specifications_place(file)
        assert (place.path, place.is_misstated) == (path, is_misstated)
        assert place.group == (file[path] if path else None)


# ---------------------------------------------------------------------------------------------- sharing
def test_files_with_the_same_documents_share_a_namespace(tmp_path: Path) -> None:
    """Equal byte for byte, and not only in name, version and length; what a user is given is nobody else's."""
    found = []
    for number, types in enumerate([TEXT, TEXT, TEXT.replace("groups", "Groups"), TEXT]):
        with _file(tmp_path / f"{number}.h5", types) as file:
            ((_, _, namespace),) = stored_specifications(file).namespaces
            found.append(namespace)
            given = read_specs_as_dicts(file)["ndx"]["0.1.0"]
            given["types"]["datasets"] = []
    assert found[0] is found[1]
    assert [dict(entry.documents)["types"] for entry in found] == [{"groups": []}] * 2 + [
        {"Groups": []},
        {"groups": []},
    ]


def test_the_same_file_with_other_specifications(tmp_path: Path) -> None:
    """A file that was changed is read anew, were it as long as before and of the same time."""
    path = tmp_path / "a.h5"
    for types in (TEXT, TEXT.replace("groups", "Groups")):
        _file(path, types).close()
        with h5py.File(path) as file:
            ((_, _, namespace),) = stored_specifications(file).namespaces
            assert dict(namespace.documents)["types"] == json.loads(types)
