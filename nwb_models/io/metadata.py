"""The metadata of a file as a document, and an edited document back into the file.

    file -> document -> (a person edits it) -> entries that differ -> fields of models -> an edit of the file

Only what differs from the document that the file gives now is looked at, so whatever is not edited stays as it is
stored, to the byte.
"""

from __future__ import annotations

import errno
import math
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import h5py
import numpy as np
from pydantic import ValidationError

from nwb_models.errors import DocumentError, NWBError
from nwb_models.io.documents import Document, LongDocumentError, Place, from_text, is_summary
from nwb_models.io.hdf5 import HDF5IO
from nwb_models.limits import DEFAULT, Limits
from nwb_models.misspelt import meant
from nwb_models.models.base import NWBDataset, NWBGroup, NWBModel
from nwb_models.models.check import DATES
from nwb_models.models.consistency import problems_of
from nwb_models.models.convert import is_exact
from nwb_models.models.issues import printable
from nwb_models.models.links import Region, Unreadable, Unresolved
from nwb_models.models.mapping import Link, Reference, StoredField, storage, stored_fields
from nwb_models.models.metadata import metadata as document_of
from nwb_models.naming import identifier
from nwb_models.schema.whole import read_whole

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

IDENTITY = ("path", "name", "neurodata_type", "namespace", "object_id")
"""What an object begins with: it says which one it is, and is not edited."""
STAYS = "it has to be there, and cannot be removed"
IN_PYTHON = "in Python, nwb_models.open(path, 'r+') edits all there is"


@dataclass(frozen=True, slots=True)
class MetadataEdit:
    """One entry of a document that differs from what the file says."""

    path: str
    """The path of the object in the file."""
    field: str
    """Its field, with those on the way to it: ``data.unit``."""
    before: Any
    """What the file says; None for nothing."""
    after: Any
    """What the document says; None for what is to be removed."""

    def __str__(self) -> str:
        """Return one line."""
        sides = ("nothing" if side is None else printable(repr(side)) for side in (self.before, self.after))
        return f"{printable(self.path)}: {printable(self.field)}: {' -> '.join(sides)}"


def metadata(subject: str | os.PathLike[str] | NWBModel, *, limits: Limits = DEFAULT) -> dict[str, Any]:
    """Return the metadata of a file or of a model as a document: text, numbers, lists and dicts only.

    It is what ``model.model_dump(mode="json")`` gives, except that NaN and infinite numbers stay what they are.

    Parameters
    ----------
    subject
        The path of a file, or a model.
    limits
        What is refused as too large, of a file.

    Returns
    -------
    dict
        Arrays of more than 16 values are ``{"shape": ..., "dtype": ...}``, links are paths.  See ``docs/metadata.md``.

    Raises
    ------
    NotReadableError, NotNWBError
        Where it is no NWB file that can be opened.
    """
    if isinstance(subject, NWBModel):
        return document_of(subject, finite=False)
    with HDF5IO(subject, limits=limits) as io:
        return document_of(io.read(eager=True), finite=False)


def apply_metadata(
    path: str | os.PathLike[str],
    document: Mapping[str, Any] | Document | str | os.PathLike[str],
    *,
    dry_run: bool = False,
    backup: bool = False,
    limits: Limits = DEFAULT,
) -> list[MetadataEdit]:
    """Write to a file what was edited in its document: only that, and nothing where anything of it cannot be.

    Parameters
    ----------
    path
        The file.
    document
        What `metadata` gave of this file, edited; or the path of a file of YAML or JSON with it.  What is not in it
        stays as it is in the file; a field that is None is removed.
    dry_run
        Whether nothing is written, and all is checked.
    backup
        Whether to keep the file as it was, beside it: see `HDF5IO.write`.
    limits
        What is refused as too large.

    Returns
    -------
    list of MetadataEdit
        What was changed, or would be; empty where the document says what the file does.

    Raises
    ------
    DocumentError, InvalidModelError
        Where the document is that of another file, or something in it cannot be written; it names all places.
    """
    if isinstance(document, str | os.PathLike):
        document = _read(document, limits)
    given = document if isinstance(document, Document) else Document(document, {})
    with HDF5IO(path, "r" if dry_run else "r+", limits=limits) as io:
        root = io.read(eager=True)
        edits = _Edits(root, given)
        edits.check_file()
        edits.make()
        if edits.found and dry_run:
            _require_writable(io)
        elif edits.found:
            io.write(root, backup=backup)
    return [change.edit for change in edits.found]


def _require_writable(io: HDF5IO) -> None:
    """Refuse changes that writing would refuse, as where indexes of a table do not fit their column any more."""
    from nwb_models.io.revision import Revision, changes_of
    from nwb_models.io.sources import Sources

    with Sources() as sources:
        changes_of(Revision(sources, io, "/", whole=False))


def _read(path: str | os.PathLike[str], limits: Limits) -> Document:
    try:
        text = read_whole(path, limits.document_bytes, regular=False).decode("utf-8")
        return from_text(text, limits.document_bytes)
    except UnicodeDecodeError as error:
        msg = f"{os.fspath(path)} is no text in UTF-8: {error}"
        raise DocumentError(msg) from None
    except OSError as error:
        if error.errno != errno.EFBIG:
            raise
        raise LongDocumentError(limits.document_bytes, os.fspath(path)) from None


@dataclass(frozen=True, slots=True)
class _Change:
    """One field of one model that is to have another value."""

    model: NWBModel
    key: str
    value: Any
    place: Place
    edit: MetadataEdit


class _RefusedError(Exception):
    """Why an entry of a document cannot be applied."""


class _Edits:
    """What is edited in a document.

    Parameters
    ----------
    root
        The file, all of it in memory.
    document
        What is to be in it.
    """

    def __init__(self, root: NWBGroup, document: Document) -> None:
        self.root, self.document = root, document
        self.before = document_of(root, finite=False)
        self.found: list[_Change] = []
        self._problems: list[str] = []

    def check_file(self) -> None:
        """Refuse the document of another file.

        Raises
        ------
        DocumentError
            Where it is one, or none at all.
        """
        after = self.document.value
        if not isinstance(after, dict) or after.get("path") != "/":
            msg = (
                "This is no document of a file: it has to begin with 'path: /', as 'nwb-models metadata FILE' prints it"
            )
            raise DocumentError(msg)
        asked = [key for key in ("object_id", "identifier") if key in self.before]
        for key in asked:
            asks, has = after.get(key, self.before[key]), self.before[key]
            if not _same(has, asks):
                msg = f"The document is that of another file: its {key} is {asks!r}, here it is {has!r}"
                raise DocumentError(msg)
        if asked and not any(key in after for key in asked):
            msg = f"The document does not say of which file it is: it needs the {' or the '.join(asked)} of the file"
            raise DocumentError(msg)

    def make(self) -> None:
        """Find what is edited, and change the models.

        Raises
        ------
        DocumentError
            Where something cannot be: all places are named.
        """
        self._compare(self.root, self.before, self.document.value, (), "/", "")
        models = {id(change.model): change.model for change in self.found}
        holders = {id(model): model for model in map(self._holder, models.values())}
        known = {id(model): set(problems_of(model, "error")) for model in (models | holders).values()}
        for change in self.found:
            self._set(change)
        if not self._problems:
            for model in (models | holders).values():
                new = [entry for entry in problems_of(model, "error") if entry not in known[id(model)]]
                near = next(c for c in self.found if c.model is model or self._holder(c.model) is model)
                self._problems += [
                    self._line(near.place, str(model.path), f"expected {problem.expected}, found {problem.found}")
                    for _, problem in new
                ]
        if self._problems:
            msg = "Nothing was written: this of the document cannot be applied:"
            raise DocumentError(msg, self._problems)

    def _holder(self, model: NWBModel) -> NWBModel:
        """Return the group that holds a model."""
        above = str(model.path).rpartition("/")[0]
        return self.root[above] if above and above in self.root else self.root

    # ------------------------------------------------------------------------------------------ what differs
    def _compare(
        self, model: NWBModel, before: dict[str, Any], after: dict[str, Any], place: Place, path: str, prefix: str
    ) -> None:
        """Compare what documents say of an object, with that of its members."""
        for key, value in after.items():
            here = (*place, key)
            if _same(before.get(key), value):
                continue
            try:
                self._member(model, key, before.get(key), value, here, path, prefix)
            except _RefusedError as reason:
                self._refuse(here, path, prefix + key, str(reason))

    def _member(self, model: NWBModel, key: str, old: Any, new: Any, place: Place, path: str, prefix: str) -> None:
        """Note what is edited in a field.

        Raises
        ------
        _RefusedError
            Where it cannot be.
        """
        entry = stored_fields(type(model)).get(key)
        if key in IDENTITY and (model.neurodata_type is not None or key == "name"):
            msg = f"it says which object this is, and cannot be edited; {IN_PYTHON}"
            raise _RefusedError(msg)
        if is_summary(old) or is_summary(new):
            msg = f"it stands for an array that is too large for a document, and cannot be edited; {IN_PYTHON}"
            raise _RefusedError(msg)
        if isinstance(old, dict) and "value" in old and isinstance(new, str | int | float | list):
            new = {"value": new}
        if isinstance(old, dict) and isinstance(new, dict):
            child = self._child(model, key, entry)
            if isinstance(child, NWBModel):
                inner = (
                    path
                    if child.neurodata_type is None and not isinstance(child, NWBGroup)
                    else str(old.get("path") or child.path)
                )
                self._compare(child, old, new, place, inner, f"{prefix}{key}." if inner == path else "")
                return
        is_row = old is not None and _row_dtype(self._child(model, key, entry)) is not None
        if is_row and isinstance(old, dict) and isinstance(new, dict):
            new = {**old, **new}  # what is left out stays
            if _same(old, new):
                return
        is_collection = entry is not None and entry in storage(type(model)).collections
        if is_collection or ((_has_dict(old) or _has_dict(new)) and not is_row):
            self._objects(model, key, entry, old, new, place)
            return
        self.found.append(_Change(model, key, new, place, MetadataEdit(path, prefix + key, old, new)))

    def _child(self, model: NWBModel, key: str, entry: StoredField | None) -> Any:
        """Return what a field holds, or what the class does not foresee by its name."""
        if entry is None and isinstance(model, NWBGroup) and key in model:
            return model[key]
        return getattr(model, key, None)

    def _objects(self, model: NWBModel, key: str, entry: StoredField | None, old: Any, new: Any, place: Place) -> None:
        """Compare the objects of a collection, by their paths."""
        is_collection = entry is not None and entry in storage(type(model)).collections
        if new is None:
            msg = f"objects are not removed through a document; {IN_PYTHON}: del nwbfile[path]"
            raise _RefusedError(msg)
        if not is_collection:
            msg = f"what is no plain value or list of such is not edited through a document; {IN_PYTHON}"
            raise _RefusedError(msg if old is not None else _not_there(model, key, entry))
        if not isinstance(new, list):
            msg = "objects are needed here, as a list"
            raise _RefusedError(msg)
        known = {_path_of(item): item for item in old or ()}
        for number, item in enumerate(new):
            where, here = _path_of(item), (*place, number)
            if where is None or where not in known:
                msg = "it has no path" if where is None else f"the file has no {where} here"
                self._refuse(
                    here, str(model.path), key, f"{msg}: new objects are not made through a document; {IN_PYTHON}"
                )
            elif not _same(known[where], item):
                if not isinstance(item, dict) or not isinstance(known[where], dict):
                    self._refuse(here, str(where), key, "an object and a link to one do not take each other's place")
                else:
                    self._compare(self.root[where], known[where], item, here, str(where), "")

    # ------------------------------------------------------------------------------------------ what is set
    def _set(self, change: _Change) -> None:
        """Change a model, which checks the value."""
        try:
            value = self._converted(change)
            if change.value is None and _is_required(change.model, change.key):
                raise _RefusedError(STAYS)
            setattr(change.model, change.key, value)
        except ValidationError as error:
            problems = dict.fromkeys(_said(line) for line in error.errors(include_url=False))
            for said in [STAYS] if change.value is None else problems:
                self._refuse(change.place, change.edit.path, change.edit.field, said)
        except (NWBError, _RefusedError, ValueError, TypeError, OverflowError) as error:
            self._refuse(change.place, change.edit.path, change.edit.field, str(error))

    def _converted(self, change: _Change) -> Any:
        """Return the value of a document as one of the field.

        Raises
        ------
        _RefusedError
            Where it cannot be one.
        """
        model, key, value = change.model, change.key, change.value
        entry = stored_fields(type(model)).get(key)
        current = getattr(model, key, None)
        if value is None:
            return None
        if isinstance(current, NWBModel | Unresolved) and not isinstance(change.edit.before, list):
            return self._target(value)
        if current is None and entry is not None and isinstance(entry.marker, Link | Reference):
            return self._target(value)
        if isinstance(current, Region | Unreadable) or _refers(current, entry):
            msg = f"references are not edited through a document, except those of links and attributes; {IN_PYTHON}"
            raise _RefusedError(msg)
        if isinstance(current, NWBDataset):
            current = current.value
        dtype = _row_dtype(current)
        if dtype is not None:
            rows = [_row(row, dtype) for row in value] if isinstance(value, list) else _row(value, dtype)
            return np.array(rows, dtype)[()]
        return _like(current, value, entry)

    def _target(self, value: Any) -> NWBModel:
        """Return the object that a path leads to."""
        found = self.root.get(value) if isinstance(value, str) and value.startswith("/") and value != "/" else None
        if not isinstance(found, NWBModel):
            msg = f"{value!r} is no path of an object of this file, and one is needed here"
            raise _RefusedError(msg)
        return found

    # ------------------------------------------------------------------------------------------ problems
    def _refuse(self, place: Place, path: str, field: str, reason: str) -> None:
        self._problems.append(self._line(place, f"{path}: {field}", reason))

    def _line(self, place: Place, where: str, reason: str) -> str:
        line = self.document.lines.get(place)
        return printable(f"{f'line {line}, ' if line is not None else ''}{where}: {reason}")


def _same(old: Any, new: Any) -> bool:
    """Tell whether two values of documents are the same; null is what JSON has for NaN, and for what is not there."""
    if isinstance(old, dict) and isinstance(new, dict):
        return old.keys() == new.keys() and all(_same(old[key], new[key]) for key in old)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(_same, old, new))
    if isinstance(old, float) and not math.isfinite(old):
        return new is None or (isinstance(new, float) and str(old) == str(new))
    if isinstance(old, bool) or isinstance(new, bool):
        return old is new
    return (old is None) == (new is None) and bool(old == new)


def _not_there(model: NWBModel, key: str, entry: StoredField | None) -> str:
    """Say what is to be done about an object that the document of a file does not have under a name."""
    child = model[key] if entry is None and isinstance(model, NWBGroup) and key in model else None
    if isinstance(child, NWBModel):
        tables = storage(type(model))
        field = next((e.field for e in tables.collections if key in (getattr(model, e.field) or ())), None)
        if field is not None:
            return f"it is an entry of the list under {field!r}: {field}: [{{path: {child.path}, ...}}]"
    hint = (meant(key, stored_fields(type(model))) if entry is None else "").rstrip("?")
    return f"there is nothing called {key!r}{hint}; new objects are not made through a document; {IN_PYTHON}"


def _path_of(item: Any) -> str | None:
    """Return the path of an object in a list: the entry is that of a link, or begins with it."""
    found = item.get("path") if isinstance(item, dict) else item
    return found if isinstance(found, str) else None


def _has_dict(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and any(map(_has_dict, value)))


def _is_required(model: NWBModel, key: str) -> bool:
    entry = stored_fields(type(model)).get(key)
    return entry is not None and entry.required


def _refers(current: Any, entry: StoredField | None) -> bool:
    """Tell whether an array is one of references."""
    if entry is not None and str(entry.marker.dtype).startswith(("object", "region")):
        return True
    dtype = getattr(current, "dtype", None)
    if not isinstance(dtype, np.dtype):
        return False
    if h5py.check_ref_dtype(dtype) is not None:
        return True
    values = np.asarray(current).ravel() if dtype.kind == "O" else ()
    return any(isinstance(value, NWBModel | Unresolved | Region) for value in values)


def _like(current: Any, value: Any, entry: StoredField | None) -> Any:
    """Return a value with the dtype that the one has which it replaces.

    Raises
    ------
    _RefusedError
        Where it is of another kind, or that dtype does not hold it.
    """
    leaves, is_list = list(_leaves(value)), isinstance(value, list)
    dtype = getattr(current, "dtype", None)
    if not isinstance(dtype, np.dtype):
        dtype = None if current is None or isinstance(current, list | tuple) else np.dtype(type(current))
    is_text = isinstance(current, str | bytes) or (dtype is not None and (h5py.check_string_dtype(dtype) is not None))
    if is_text or (entry is not None and entry.marker.dtype in (*DATES, "text")):
        if not all(isinstance(leaf, str) for leaf in leaves):
            wrong = next(leaf for leaf in leaves if not isinstance(leaf, str))
            msg = f"text is needed here, and {_spelled(wrong)} is none: put it in quotes"
            raise _RefusedError(msg)
    elif dtype is not None and dtype.kind in "biuf":
        wanted = bool if dtype.kind == "b" else int | float
        if not all(isinstance(leaf, wanted) and isinstance(leaf, bool) == (dtype.kind == "b") for leaf in leaves):
            msg = f"{'true or false is' if dtype.kind == 'b' else 'numbers are'} needed here, not {_spelled(value)}"
            raise _RefusedError(msg)
        array = np.asarray(value)
        if dtype.kind != "f" and array.size and not (array.dtype.kind != "O" and is_exact(array, dtype)):
            msg = f"{_spelled(value)} does not fit into {dtype.name}, as it is stored"
            raise _RefusedError(msg)
        if is_list or isinstance(current, np.generic):
            return array.astype(dtype) if is_list else dtype.type(value)
    return value


def _row_dtype(current: Any) -> np.dtype[Any] | None:
    """Return the dtype of compound rows that hold no references; None for anything else."""
    dtype = getattr(current.value if isinstance(current, NWBDataset) else current, "dtype", None)
    if not isinstance(dtype, np.dtype) or dtype.names is None:
        return None
    return None if any(h5py.check_ref_dtype(dtype[name]) is not None for name in dtype.names) else dtype


def _row(row: Any, dtype: np.dtype[Any]) -> tuple[Any, ...]:
    """Return a row of a document as one of a dtype.

    Raises
    ------
    _RefusedError
        Where it has other fields, or values that do not fit.
    """
    taken: dict[str, str] = {}
    for name in dtype.names or ():
        taken[identifier(name, taken)] = name
    if not isinstance(row, dict) or row.keys() != taken.keys():
        msg = f"a row with the fields {', '.join(taken)} is needed here, not {row!r:.80}"
        raise _RefusedError(msg)
    empty = np.zeros((), dtype)
    return tuple(
        _like("" if dtype[name].kind == "O" else empty[name][()], row[key], None) for key, name in taken.items()
    )


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        for entry in value:
            yield from _leaves(entry)
    else:
        yield value


def _spelled(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else repr(value)


def _said(line: Any) -> str:
    """Return one line of a validation error, as people write it."""
    return str(line["msg"]).removeprefix("Value error, ").replace("Input should be", "it has to be")
