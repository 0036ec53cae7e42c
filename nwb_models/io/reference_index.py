"""What refers to what in a file: an index made in one pass, of references, soft links and further hard links."""

from __future__ import annotations

import functools
import math
from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import h5py
import numpy as np
from h5py import h5a, h5d, h5g, h5o, h5p, h5s, h5t

from nwb_models.errors import UnreadableObjectError
from nwb_models.io.copying import attribute_names, tile
from nwb_models.io.expansion import require_bounded
from nwb_models.io.heaps import read_stored
from nwb_models.io.leaf_types import refers
from nwb_models.io.mappings import open_object
from nwb_models.io.nodes import StoredLink
from nwb_models.io.opening import state_of
from nwb_models.io.outside import is_self_contained
from nwb_models.io.queue import DAMAGE, MAX_SOFT_LINKS, SPECLOC, join, key_of, links_of, references_in
from nwb_models.io.specifications import is_specification, specifications_path
from nwb_models.io.values import decode, dtype_of, encode, plain, stored_reference
from nwb_models.limits import DEFAULT, Limits
from nwb_models.models.building import BUILDING

if TYPE_CHECKING:
    from collections.abc import Iterator

BLOCK = 1 << 22
"""About how many bytes of references are read at a time."""

NO_REFERENCES = frozenset({h5t.INTEGER, h5t.FLOAT, h5t.STRING, h5t.BITFIELD, h5t.OPAQUE, h5t.ENUM})
"""The classes of types that are no references and hold none."""

Found = tuple[Literal["object", "region"], int]
"""The kind of a reference, and the address of the object that it leads to."""


def _state(file: h5py.File) -> Any:
    """Return what changes when a file does; what equals nothing where it may be written to, or cannot be asked."""
    state = state_of(file.filename) if file.mode == "r" else None
    return object() if state is None else (file.filename, state)


@dataclass(frozen=True, slots=True)
class Referral:
    """One thing that leads from one object to another one."""

    source: str
    """The path of the object that refers, of a link that of the link itself."""
    how: Literal["attribute", "data", "soft link", "hard link", "external link"]
    name: str
    """The name of the attribute, link, or field of a compound type; "" for data without fields."""
    target: str
    """The first path of the object; the path that the link names, with its file, where it is no object of this one."""
    reference: Literal["object", "region"] | None = None
    count: int = 1
    """How many references of the attribute or field lead to the object."""
    problem: str | None = None
    """Why it leads nowhere, where it does."""
    holder: int = field(default=0, compare=False, repr=False)
    """The address of the object that refers, of a link that of its group."""
    address: int | None = field(default=None, compare=False, repr=False)
    """That of the object it leads to; None where it leads nowhere, or out of the file."""

    @property
    def is_reference(self) -> bool:
        """Whether it is a reference, and no link."""
        return self.reference is not None


@dataclass(slots=True)
class Index:
    """All that leads from one object of a file to another one."""

    paths: dict[int, str] = field(default_factory=dict)
    """Address -> first path of every object."""
    to: dict[int, list[Referral]] = field(default_factory=dict)
    """Address of an object -> what leads to it."""
    of: dict[int, list[Referral]] = field(default_factory=dict)
    """Address of an object -> what leads from it; links count for the group in which they are."""
    limits: Limits = DEFAULT
    """What was refused as too large."""


def reference_index(file: h5py.File, limits: Limits = DEFAULT) -> Index:
    """Return what leads from where to where."""
    index: Index = _cached("references", file, limits)
    return index


def first_paths(file: h5py.File) -> dict[int, str]:
    """Return address -> first path of every object."""
    paths: dict[int, str] = _cached("paths", file)
    return paths


_KEPT: dict[str, tuple[Any, Any]] = {}
"""The last index of each kind, with the state of the file that it is of."""


def _cached(kind: str, file: h5py.File, limits: Limits = DEFAULT) -> Any:
    state = _state(file)
    known = _KEPT.get(kind)
    whole = _KEPT.get("references")
    if kind == "paths" and whole is not None and whole[0] == state:
        return whole[1].paths
    if known is None or known[0] != state or (kind == "references" and known[1].limits != limits):
        known = (state, _make_index(file, limits) if kind == "references" else _make_paths(file))
        _KEPT[kind] = known
    return known[1]


def _make_index(file: h5py.File, limits: Limits) -> Index:
    """Go through the file once: each object is opened, and of its attributes and data what holds references is read."""
    index = Index(limits=limits)
    skipped = specifications_path(file)
    found: list[tuple[int, str, str, Found, int]] = []
    links: dict[int, dict[str, StoredLink]] = {}
    for address, path, obj, members in _walked(file):
        index.paths[address] = path
        if members is not None:
            links[address] = members
        if not is_specification(path, skipped) and not isinstance(obj, h5t.TypeID):
            found += [(address, *entry) for entry in references_of_object(file, obj, path, limits)]
    root = next(iter(index.paths))
    referrals = [
        Referral(index.paths[holder], how, name, index.paths[address], kind, count, None, holder, address)  # type: ignore[arg-type]
        for holder, how, name, (kind, address), count in found
        if address in index.paths
    ]
    several = Counter(link.key for members in links.values() for link in members.values())
    several["", root] += 1  # no link leads to it but those that lead back
    for holder, members in links.items():
        if not is_specification(index.paths[holder], skipped):
            for link in members.values():
                if link.kind != "hard" or several[link.key] > 1:
                    referrals += _referral_of_link(index, links, root, holder, link)
    for referral in referrals:
        if referral.address is not None:
            index.to.setdefault(referral.address, []).append(referral)
        if referral.how != "hard link" or referral.source != referral.target:
            index.of.setdefault(referral.holder, []).append(referral)
    return index


def _referral_of_link(
    index: Index, links: dict[int, dict[str, StoredLink]], root: int, holder: int, link: StoredLink
) -> Iterator[Referral]:
    source = join(index.paths[holder], link.name)
    if link.kind == "hard":
        address = link.key[1] if link.key is not None else None
        if address in index.paths:
            yield Referral(source, "hard link", link.name, index.paths[address], None, 1, None, holder, address)
        return
    end = _followed(links, root, holder, link)
    how: Literal["soft link", "external link"] = "soft link" if link.kind == "soft" else "external link"
    if isinstance(end, StoredLink):
        yield Referral(source, how, link.name, f"{end.filename}:{end.path}", holder=holder)
    elif end in index.paths:
        yield Referral(source, how, link.name, index.paths[end], None, 1, None, holder, end)
    else:
        target = join(index.paths[holder], link.path)
        yield Referral(source, how, link.name, target, problem="nothing there", holder=holder)


def _followed(
    links: dict[int, dict[str, StoredLink]], root: int, group: int, link: StoredLink
) -> int | StoredLink | None:
    """Return the address at the end of a link, or the external link at which the way leaves the file; see `walk`.

    `walk` would open each group on the way again, for each of thousands of links.
    """
    address: int | None = group
    remaining = deque([link.name])
    followed = 0
    while remaining:
        at = links.get(address, {}).get(remaining.popleft()) if address is not None else None
        if at is None:
            return None
        if at.kind == "external":
            return StoredLink(at.name, "external", None, "/".join([at.path.rstrip("/"), *remaining]), at.filename)
        if at.kind == "soft":
            followed += 1
            if followed > MAX_SOFT_LINKS or not at.path:
                return None
            address = root if at.path.startswith("/") else address
            remaining.extendleft(reversed([part for part in at.path.split("/") if part not in ("", ".")]))
            continue
        address = at.key[1] if at.key is not None else None
    return address


def _make_paths(file: h5py.File) -> dict[int, str]:
    return {address: path for address, path, _, _ in _walked(file)}


def _walked(file: h5py.File) -> Iterator[tuple[int, str, Any, dict[str, StoredLink] | None]]:
    """Follow the hard links, breadth first and by name, so that each object comes by its first path.

    Yields
    ------
    tuple
        Address, path, the open object, and the links of a group.
    """
    root = h5o.open(file.id, b"/")
    seen: set[int] = set()
    queue: deque[tuple[int, str, Any, str]] = deque([(key_of(root)[1], "/", None, "")])
    while queue:
        address, path, parent, name = queue.popleft()
        if address in seen:
            continue
        try:
            obj = root if parent is None else open_object(file, encode(name), parent, address)
        except (KeyError, ValueError, *DAMAGE):  # what cannot be opened is no object, as in `flatten`
            continue
        try:
            members = links_of(obj) if isinstance(obj, h5g.GroupID) else None
        except DAMAGE as error:
            msg = f"{path} of {file.filename} cannot be read: {error}"
            raise UnreadableObjectError(msg) from error
        seen.add(address)
        yield address, path, obj, members
        below = "/" if path == "/" else f"{path}/"
        for link in (members or {}).values():
            if link.key is not None and link.key[1] not in seen:
                queue.append((link.key[1], below + link.name, obj, link.name))


# ---------------------------------------------------------------------------------------------- references in values
def references_of_object(
    file: h5py.File, obj: Any, path: str, limits: Limits = DEFAULT
) -> Iterator[tuple[str, str, Found, int]]:
    """Yield the references of an object: attribute or data; the name of the attribute or field; reference; count."""
    try:
        names = attribute_names(obj)
    except DAMAGE as error:
        msg = f"The attributes of {file.filename}:{path} cannot be read: {error}"
        raise UnreadableObjectError(msg) from error
    for raw in names:
        try:
            attribute = h5a.open(obj, raw)
            stored = attribute.get_type()
            if stored.get_class() in NO_REFERENCES or not refers(stored):
                continue
            name = decode(raw)
            if name != SPECLOC or path != "/":
                for entry in list(_in_attribute(file, attribute, name, limits.value_bytes)):
                    yield "attribute", *entry
        except (TypeError, ValueError, KeyError, *DAMAGE):  # what cannot be read says nothing
            continue
    if isinstance(obj, h5d.DatasetID):
        yield from (("data", *entry) for entry in references_in_data(file, obj, path, limits))


def _in_attribute(file: h5py.File, attribute: h5a.AttrID, name: str, most: int) -> Iterator[tuple[str, Found, int]]:
    dtype = dtype_of(attribute.get_type())
    shape = attribute.shape
    if shape is None or 0 in shape or math.prod(shape) * dtype.itemsize > most:
        return
    for column in reference_columns(dtype):
        found = column.read(file, shape, attribute)
        for reference, count in found.items():
            yield f"{name}.{column.name}" if column.name else name, reference, count


def references_in_data(
    file: h5py.File, dataset: h5d.DatasetID, path: str, limits: Limits = DEFAULT
) -> Iterator[tuple[str, Found, int]]:
    """Yield the references in the data of a dataset: the field, the reference, how many there are.

    Raises
    ------
    UnreadableObjectError
        Where the data cannot be read.
    """
    try:
        stored = dataset.get_type()
        if stored.get_class() in NO_REFERENCES or not refers(stored):
            return
        if not is_self_contained(dataset) or dataset.shape is None:
            return
        columns = reference_columns(dtype_of(stored))
    except TypeError:  # numpy has no such type
        return
    try:
        for column in columns:
            total: Counter[Found] = Counter()
            # of several addresses that are shorter than in memory, HDF5 2.0 reads the first, and nonsense after it
            itemsize = column.dtype.itemsize if _long_addresses(file) else BLOCK
            for start, count in _blocks(dataset, itemsize):
                require_bounded(dataset, limits, start, count)
                space = dataset.get_space()
                if start:
                    space.select_hyperslab(start, count)
                memory = h5s.create_simple(count) if start else h5s.create(h5s.SCALAR)
                total.update(column.read(file, count, dataset, (memory, space)))
            for reference, number in total.items():
                yield column.name, reference, number
    except (OSError, RuntimeError) as error:
        msg = f"The references in {file.filename}:{path} cannot be read: {error}"
        raise UnreadableObjectError(msg) from error


def _blocks(dataset: h5d.DatasetID, itemsize: int) -> Iterator[tuple[tuple[int, ...], tuple[int, ...]]]:
    """Yield start and count of parts that cover what is stored of a dataset: of a sparse one, the chunks that are."""
    shape = dataset.shape
    step = tile(shape, itemsize, BLOCK)
    options = dataset.get_create_plist()
    if shape and math.prod(shape) > math.prod(step) and options.get_layout() == h5d.CHUNKED:
        chunk = options.get_chunk()
        if 2 * dataset.get_num_chunks() * math.prod(chunk) < math.prod(shape):
            chunks: list[Any] = []
            dataset.chunk_iter(chunks.append)
            for start in (info.chunk_offset for info in chunks):
                yield start, tuple(min(c, n - s) for s, c, n in zip(start, chunk, shape, strict=True))
            return
    counts = [-(-length // part) for length, part in zip(shape, step, strict=True)]
    for place in np.ndindex(*counts):
        start = tuple(number * part for number, part in zip(place, step, strict=True))
        yield start, tuple(min(c, n - s) for s, c, n in zip(start, step, shape, strict=True))


@dataclass(frozen=True, slots=True)
class Column:
    """One place in a type where references are: the type itself, or a field of a compound type, however deep."""

    name: str
    """The names of the fields, with dots between them; "" for no field."""
    dtype: np.dtype[Any]
    """The type without its other fields."""
    simple: bool
    """Whether it holds object references, and not regions or rows of their own length."""

    def read(self, file: h5py.File, shape: tuple[int, ...], obj: Any, spaces: tuple[Any, ...] = ()) -> Counter[Found]:
        """Return how often which reference is there, in the order in which they come first.

        Parameters
        ----------
        shape
            What is read of a dataset or attribute.
        obj, spaces
            The dataset or attribute; of a dataset, where what is read belongs in memory, and where it is.
        """
        found: Counter[Found] = Counter()
        if self.simple and has_addresses(file):
            buffer = np.empty((*shape, self.dtype.itemsize // 8), dtype=np.uint64)
            obj.read(*spaces, buffer, h5t.py_create(self.dtype, logical=True))
            addresses, first, counts = np.unique(buffer, return_index=True, return_counts=True)
            for number in np.argsort(first):
                if addresses[number]:
                    found["object", int(addresses[number])] = int(counts[number])
            return found
        array = np.empty(shape, dtype=self.dtype)
        read_stored(obj, array, h5t.py_create(self.dtype), spaces)
        for reference in references_in(plain(array, self.dtype, lambda one: stored_reference(file.id, one))):
            if reference.key is not None:
                found[reference.kind, reference.key[1]] += 1
        return found


def reference_columns(dtype: np.dtype[Any]) -> list[Column]:
    """Return where references are in a type."""
    if dtype.names is not None:
        return [
            Column(f"{name}.{inner.name}" if inner.name else name, np.dtype([(name, inner.dtype)]), inner.simple)
            for name in dtype.names
            for inner in reference_columns(dtype[name])
        ]
    if dtype.subdtype is not None:
        base, shape = dtype.subdtype
        return [Column(inner.name, np.dtype((inner.dtype, shape)), inner.simple) for inner in reference_columns(base)]
    vlen = h5py.check_vlen_dtype(dtype)
    if vlen is not None:
        return [Column("", dtype, simple=False)] if reference_columns(np.dtype(vlen)) else []
    reference = h5py.check_ref_dtype(dtype)
    return [] if reference is None else [Column("", dtype, simple=reference is h5py.Reference)]


def has_addresses(file: h5py.File) -> bool:
    """Tell whether the object references of a file can be read as the addresses that they are.

    To make a Python object of each reference, and to open what it leads to, takes 20 microseconds; a table may have
    50,000 of them.  HDF5 stores an address, and documents it nowhere but in its file format: so it is tried out, once.
    """
    return _long_addresses(file) and _references_are_addresses()


def _long_addresses(file: h5py.File) -> bool:
    """Tell whether addresses are as long in the file as in memory, as they are wherever nobody asked for others."""
    return bool(file.id.get_create_plist().get_sizes()[0] == 8)


@functools.cache
def _references_are_addresses() -> bool:
    options = h5p.create(h5p.FILE_ACCESS)
    options.set_fapl_core(backing_store=False)
    with BUILDING, h5py.File(h5py.h5f.create(b"references", h5py.h5f.ACC_TRUNC, fapl=options)) as file:
        objects = [file.create_group("group"), file.create_dataset("data", data=0)]
        dataset = file.create_dataset("references", data=[obj.ref for obj in objects], dtype=h5py.ref_dtype)
        found = np.zeros(2, dtype=np.uint64)
        dataset.id.read(h5s.ALL, h5s.ALL, found, mtype=h5t.STD_REF_OBJ)
        return [int(address) for address in found] == [key_of(obj.id)[1] for obj in objects]
