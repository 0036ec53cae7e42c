"""Other files that a file leads to: which may be followed unasked, and which data is refused therefore.

A file may be followed where it lies in the folder of the file that names it, or below, once symbolic links are
resolved; ``external_links=True`` allows any.  External links, external storage and virtual datasets all go by
`why_not_followed`.

HDF5 follows the last two by itself when data is read.  So before that, `refusal` goes through all that HDF5 would open,
at the places and in the order in which it looks: a source may be virtual again, be stored in a third file, or be
reached through an external link.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import h5py
from h5py import h5d, h5fd, h5i

from nwb_models.errors import OutsideError
from nwb_models.io.elsewhere import declared_space, has_sources
from nwb_models.io.heaps import EndlessHeapError
from nwb_models.io.mappings import open_object
from nwb_models.io.opening import require_room
from nwb_models.io.queue import DAMAGE, walk
from nwb_models.io.values import encode
from nwb_models.limits import DEFAULT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from nwb_models.io.nodes import StoredLink

MAX_CHAIN = 16
"""How many virtual datasets may stand one behind another: HDF5 calls itself for each, and crashes in a circle."""
PREFIXES = {
    "virtual dataset": "HDF5_VDS_PREFIX",
    "external link": "HDF5_EXT_PREFIX",
    "external storage": "HDF5_EXTFILE_PREFIX",
}
"""The environment variables that tell HDF5 where to look first.

Source: the reference manual of HDF5, H5Pset_virtual_prefix, H5Pset_elink_prefix and H5Pset_efile_prefix.
"""


class Source(NamedTuple):
    """Where data of a dataset comes from, in the words of the file."""

    kind: Literal["external storage", "virtual dataset", "external link"]
    filename: str
    """The file, ``"."`` for the one that says so."""
    path: str = ""
    """The dataset in it; of external storage, none."""

    def __str__(self) -> str:
        """Return the target, and how the file leads there."""
        return f"{f'{self.filename}:{self.path}' if self.path else self.filename!r} ({self.kind})"


class _Place(NamedTuple):
    """A file, as it was opened."""

    name: str
    folder: str
    """Where it really is, symbolic links resolved; "" for a file object."""


def why_not_followed(folder: str, name: str, *, anywhere: bool = False) -> str:
    """Return why a file may not be followed that is named by one in a folder; "" where it may.

    Parameters
    ----------
    folder
        The real path of the folder, "" for a file object, which is in none.
    name
        A path as it stands in a file: of any kind, relative to the folder or not.
    anywhere
        Whether it may lie outside of the folder.
    """
    if not folder:
        return "cannot be followed from a file object"
    if not anywhere and _is_remote(name):
        return "is no path of a file on this machine"
    try:
        real = (Path(folder) / name).resolve()
        if not anywhere and not real.is_relative_to(folder):
            return "lies outside of the folder of the file"
        return "is no regular file" if real.exists() and not real.is_file() else ""
    except (OSError, ValueError, RuntimeError):  # a NUL character, a name that is too long, links in a circle
        return "is no path of a file on this machine"


def _is_remote(name: str) -> bool:
    """Tell whether a name is that of something on another machine: to look whether it is there may take long."""
    return "://" in name or name.startswith(("\\\\", "//"))


def require_inside(dataset: h5d.DatasetID, filename: str, path: str, most: int = DEFAULT.sources) -> None:
    """Refuse to read data for which HDF5 would open a file that may not be followed.

    Parameters
    ----------
    dataset
        An open dataset.
    filename, path
        The file and the path of the dataset in it, for the error.
    most
        How many sources are looked at; where there are more, the dataset is refused.

    Raises
    ------
    OutsideError
        With the file, the dataset, the target, and what allows it.
    """
    reason = refusal(dataset, most)
    if reason:
        msg = f"The data of {path} of {filename} is not read: {reason}; external_links=True allows it"
        raise OutsideError(msg)


def refusal(dataset: h5d.DatasetID, most: int = DEFAULT.sources, *, anywhere: bool = False) -> str:
    """Return why the data of a dataset may not be read: the target, and what is wrong with it; "" where it may.

    Files in the folder are opened to see where their datasets lead; each source is looked at once.  Where data may be
    anywhere, only what HDF5 would never come back from is refused.
    """
    if not has_sources(dataset):
        return ""
    if anywhere:
        try:
            _require_ends(dataset)
        except EndlessHeapError as error:
            return str(error)
        return ""
    file = h5py.File(h5i.get_file_id(dataset))
    start = _place(file.id)
    heights: dict[tuple[_Place, Source], int] = {}

    def behind(place: _Place, source: Source, chain: tuple[tuple[_Place, Source], ...]) -> int:
        """Return how many datasets stand one behind another from a source on."""
        node = (place, source)
        if node in chain or len(chain) + heights.get(node, 0) > MAX_CHAIN:
            raise _RefusedError(source, f"leads back to itself, or through more than {MAX_CHAIN} datasets")
        if node not in heights:
            if len(heights) >= most:
                raise _RefusedError(source, f"is one of more than {most}, see Limits.sources")
            heights[node] = 0
            in_it = source.filename == "." and place == start
            more = _sources_in(file, source.path) if in_it else _looked_at(place, source)
            heights[node] = 1 + max((behind(*entry, (*chain, node)) for entry in more), default=0)
        return heights[node]

    try:
        for source in sources_of(dataset):
            behind(start, source, ())
    except _RefusedError as error:
        return f"its data is in {error.args[0]}, which {error.args[1]}"
    return ""


def sources_of(dataset: h5d.DatasetID) -> Iterator[Source]:
    """Yield where the data of a dataset comes from, each once; nothing where it is in the dataset itself."""
    options = dataset.get_create_plist()
    found: dict[Source, None] = {}
    if options.get_layout() == h5d.VIRTUAL:
        for number in range(options.get_virtual_count()):
            name, path = options.get_virtual_filename(number), options.get_virtual_dsetname(number)
            found[Source("virtual dataset", _text(name), _text(path))] = None
    for number in range(options.get_external_count()):
        found[Source("external storage", _text(options.get_external(number)[0]))] = None
    yield from found


def opened_sources(dataset: h5d.DatasetID) -> Iterator[h5d.DatasetID]:
    """Yield the datasets that HDF5 opens for the data of a virtual one, as far as they are there."""
    file = h5py.File(h5i.get_file_id(dataset))
    place = _place(file.id)
    for source in sources_of(dataset):
        if source.filename == ".":
            found = _dataset_in(file, source.path)
            if found is not None:
                yield found
            continue
        for candidate in _candidates(place, source) if source.kind == "virtual dataset" else ():
            try:
                with h5py.File(candidate, "r") as other:
                    found = _dataset_in(other, source.path)
                    if found is not None:
                        yield found
                    break
            except EndlessHeapError:
                raise
            except DAMAGE:
                continue  # as HDF5 does


def _require_ends(dataset: h5d.DatasetID, hops: int = 0) -> None:
    for source in opened_sources(dataset) if hops < MAX_CHAIN else ():
        _require_ends(source, hops + 1)


def _dataset_in(file: h5py.File, path: str) -> h5d.DatasetID | None:
    obj, _ = _followed(file, path)
    return obj if isinstance(obj, h5d.DatasetID) else None


def _followed(file: h5py.File, path: str) -> tuple[Any, StoredLink | None]:
    """Follow the path of a source: return its object, or the external link by which it leaves the file.

    Raises
    ------
    EndlessHeapError
        Where HDF5 would never come back from there.
    """
    path = path.replace("%%", "%")
    obj, _, out = walk(file, path)
    if obj is None and out is None:
        try:
            open_object(file, encode(path))
        except EndlessHeapError:
            raise
        except (KeyError, ValueError, *DAMAGE):
            pass
    return obj, out


class _RefusedError(Exception):
    """A source that may not be followed, and why."""


def is_self_contained(dataset: h5d.DatasetID) -> bool:
    """Tell whether the data of a dataset is in its file: what refers to objects of another one means nothing here."""
    is_here = all(source.filename == "." for source in sources_of(dataset))
    return is_here and not refusal(dataset)


def shape_of(dataset: h5d.DatasetID) -> tuple[int, ...] | None:
    """Return the shape of a dataset; of one that may not be read, that which it was made with."""
    shape: tuple[int, ...] | None = (
        declared_space(dataset).shape if has_sources(dataset) and refusal(dataset) else dataset.shape
    )
    return shape


def _looked_at(place: _Place, source: Source) -> list[tuple[_Place, Source]]:
    """Return what a source leads to in turn, where it may be followed."""
    if "%" in source.filename.replace("%%", "") or "%" in source.path.replace("%%", ""):
        raise _RefusedError(source, "is a pattern for any number of sources")
    if _is_remote(source.filename):
        _require_followed(place, source, source.filename)
    for candidate in [place.name] if source.filename == "." else _candidates(place, source):
        if os.path.lexists(candidate):
            _require_followed(place, source, candidate)
            try:
                if source.kind != "external storage":
                    require_room()
                    with h5py.File(candidate, "r") as file:
                        return _sources_in(file, source.path)
                return []
            except DAMAGE:
                continue  # as HDF5 does
    _require_followed(place, source, source.filename)
    return []


def _require_followed(place: _Place, source: Source, name: str) -> None:
    reason = why_not_followed(place.folder, name)
    if reason:
        raise _RefusedError(source, reason)


def _sources_in(file: h5py.File, path: str) -> list[tuple[_Place, Source]]:
    """Return what a dataset of an open file leads to in turn."""
    place = _place(file.id)
    try:
        obj, out = _followed(file, path)
        if out is not None:
            return [(place, Source("external link", out.filename, out.path))]
        return [(place, source) for source in sources_of(obj)] if isinstance(obj, h5d.DatasetID) else []
    except EndlessHeapError as error:
        raise _RefusedError(Source("virtual dataset", place.name, path), str(error)) from error
    except (KeyError, ValueError, *DAMAGE):
        return []  # HDF5 does not read it either


def _candidates(place: _Place, source: Source) -> Iterator[str]:
    """Yield the paths at which HDF5 looks for a file, in its order."""
    name = source.filename.replace("%%", "%")
    beside = str(Path(place.name).absolute().parent)
    prefixes = os.environ.get(PREFIXES[source.kind], "").replace("${ORIGIN}", beside)
    if source.kind == "external storage":
        yield str((Path(prefixes) / name).absolute())
        return
    if Path(name).is_absolute():
        yield name
        name = Path(name).name
    for folder in (*filter(None, prefixes.split(os.pathsep)), beside, "", place.folder):
        yield str((Path(folder) / name).absolute())


def _place(file: h5py.h5f.FileID) -> _Place:
    name = os.fsdecode(file.name)
    if file.get_access_plist().get_driver() == h5fd.fileobj_driver:
        return _Place(name, "")
    return _Place(name, str(Path(name).resolve().parent))


def _text(name: bytes | str) -> str:
    return name if isinstance(name, str) else name.decode("utf-8", "surrogateescape")
