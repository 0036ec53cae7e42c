"""Arrays of an HDF5 file as the source of an `nwb_models.models.arrays.Array`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

from nwb_models.errors import UnreadableObjectError
from nwb_models.io.values import decode, plain

if TYPE_CHECKING:
    from nwb_models.io.hdf5 import HDF5IO
    from nwb_models.io.nodes import StoredDataset


class HDF5Array:
    """One dataset of a file; it opens the file again where that was closed, or where it arrives in another process."""

    __slots__ = ("_io", "_spec", "chunks", "dtype", "maxshape", "path", "shape")

    def __init__(self, io: HDF5IO, node: StoredDataset) -> None:
        assert node.shape is not None
        self._io: HDF5IO | None = io
        self._spec = io.spec
        self.path = node.path
        self.shape = node.shape
        self.dtype = node.dtype
        self.maxshape = node.maxshape
        self.chunks = node.chunks

    @property
    def io(self) -> HDF5IO:
        """The file, opened again where the array was unpickled."""
        if self._io is None:
            from nwb_models.io.hdf5 import HDF5IO

            self._io = HDF5IO.from_spec(self._spec)
        return self._io

    def read(self, index: tuple[Any, ...]) -> Any:
        """Read a part.

        Raises
        ------
        UnreadableObjectError
            Where HDF5 cannot, for example for want of a filter.
        """
        try:
            with self.io.opened() as file:
                dataset = file[self.path]
                if h5py.check_string_dtype(dataset.dtype) is not None:
                    values = dataset[index]
                    return plain(np.asarray(values), dataset.dtype, decode) if not isinstance(values, bytes) else decode(values)
                if dataset.dtype.kind not in "OV":
                    return dataset[index]
                values = np.asarray(dataset[index], dtype=dataset.dtype)
                return plain(values, dataset.dtype, lambda reference: self.io.resolve(reference, self.path))
        except (OSError, RuntimeError, KeyError) as error:
            if isinstance(error, UnreadableObjectError) or type(error).__module__.startswith("nwb_models"):
                raise
            msg = f"{self.where()} cannot be read: {error}"
            if "filter" in str(error):
                msg += " (a compression filter is missing: 'pip install hdf5plugin' and 'import hdf5plugin' may bring it)"
            raise UnreadableObjectError(msg) from error

    def where(self) -> str:
        """Return file and path."""
        return f"{self._spec[1]}:{self.path}"

    def __getstate__(self) -> dict[str, Any]:
        """Return where the array is; open files do not travel."""
        return {name: getattr(self, name) for name in self.__slots__ if name != "_io"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Take up where the array is; the file is opened when something is read."""
        for name, value in state.items():
            setattr(self, name, value)
        self._io = None
