"""sparse of hdmf-common 1.10.0: generated from the specifications with sha256 72bf01a046bb8eca, not to be edited."""

# pyright: reportIncompatibleVariableOverride=false

from __future__ import annotations

from typing import Annotated, ClassVar

from nwb_models.models import Array, Attribute, Dataset, Given, Values

from .base import Container

__all__ = ["CSRMatrix"]


class CSRMatrix(Container):
    """A compressed sparse row matrix. Data are stored in the standard CSR format, where column indices for row i are
    stored in indices[indptr[i]:indptr[i+1]] and their corresponding values are stored in
    data[indptr[i]:indptr[i+1]].
    """

    neurodata_type: ClassVar[str] = "CSRMatrix"
    namespace: ClassVar[str] = "hdmf-common"

    shape: Annotated[Given[Array, Values], Attribute(dtype="uint", shape=((2,),))]
    """The shape (number of rows, number of columns) of this sparse matrix."""
    indices: Annotated[Given[Array, Values], Dataset(dtype="uint", shape=((None,),))]
    """The column indices."""
    indptr: Annotated[Given[Array, Values], Dataset(dtype="uint", shape=((None,),))]
    """The row index pointer."""
    data: Annotated[Given[Array, Values], Dataset(shape=((None,),))]
    """The non-zero values in the matrix."""
