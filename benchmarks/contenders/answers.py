"""What came out of an operation, as plain values: of what two libraries say by the same name, both say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import h5py
import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.contenders import Answer
    from benchmarks.contenders.floor import Tree

SAMPLES = 2_000
"""How many samples are read one by one."""

Types = dict[str, str | None]
"""Path -> neurodata_type."""


def of_types(found: Types) -> Answer:
    """Return what a hierarchy says."""
    return {"all": found, "typed": typed_of(found)}


def typed_of(found: Types) -> Types:
    """Return what has a type, which is all that PyNWB knows of."""
    return {where: kind for where, kind in found.items() if kind}


def of_tree(tree: Tree) -> Answer:
    """Return what the models say as well, and for each typed object what PyNWB says as well."""
    arrays = {where: [list(shape), str(dtype)] for where, (_, shape, dtype) in tree.items() if shape}
    return {
        "typed": {
            where: [attributes["neurodata_type"], attributes["object_id"], _shape_of_data(tree, where)]
            for where, (attributes, _, _) in tree.items()
            if "neurodata_type" in attributes
        },
        "attributes": {where: plain for where, node in tree.items() if (plain := plain_attributes(node[0]))},
        "arrays": arrays,
    }


def _shape_of_data(tree: Tree, where: str) -> list[int] | None:
    shape = tree[where][1]
    if shape is None and where + "/data" in tree:
        shape = tree[where + "/data"][1]
    return None if shape is None else list(shape)


def plain_attributes(attributes: dict[str, Any]) -> dict[str, Any]:
    """Return attributes as plain values, without those that say the type."""
    left_out = {"neurodata_type", "namespace", ".specloc"}
    return {name: plain(value) for name, value in sorted(attributes.items()) if name not in left_out}


def plain(value: Any) -> Any:
    """Return a value of an attribute in what JSON has; of references only that they are some."""
    if isinstance(value, np.ndarray):
        return [plain(item) for item in value]
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, str | int | float | bool):
        return value
    return "a reference"


def of_pieces(found: list[np.ndarray[Any, Any]]) -> Answer:
    """Return what was read piece by piece."""
    return {"pieces": len(found), "values": sum(piece.size for piece in found), "sum": float(sum(map(np.sum, found)))}


def of_columns(found: dict[str, np.ndarray[Any, Any]]) -> Answer:
    row = len(found["id"]) // 2
    start, stop = int(found["tags_index"][row - 1]), int(found["tags_index"][row])
    return {
        "names": sorted(found),
        "rows": len(found["id"]),
        "sum": float(found["value_3"].sum()),
        "text": str(found["stimulus"][row]),
        "ragged": found["tags"][start:stop].tolist(),
    }


def of_frame(frame: Any) -> Answer:
    """Return what is in a DataFrame of the trials."""
    return {**of_rows(frame), "referred": [entry[2].name for entry in frame["timeseries"].iloc[len(frame) // 2]]}


def of_rows(frame: Any) -> Answer:
    """Return what is in a DataFrame of rows that were added."""
    row = len(frame) // 2
    return {
        "columns": sorted(frame.columns),
        "rows": len(frame),
        "sum": float(frame["value_3"].sum()),
        "text": str(frame["stimulus"].iloc[row]),
        "ragged": list(frame["tags"].iloc[row]),
    }


def of_series(path: Path) -> Answer:
    """Return what is in a file with series."""
    from benchmarks.contenders.floor import types_by_path

    with h5py.File(path, "r") as file:
        total = sum(float(series["data"][:].sum()) for series in file["acquisition"].values())
        return {
            "typed": typed_of(types_by_path(path)),
            "sum": round(total, 6),
            "identifier": file["identifier"].asstr()[()],
        }


def of_copy(path: Path) -> Answer:
    """Return what is in a copy."""
    from benchmarks.contenders.floor import types_by_path

    with h5py.File(path, "r") as file:
        data = file["acquisition/raw/data"]
        ends = int(data[:1_000].sum()), int(data[-1_000:].sum())
        return {"typed": typed_of(types_by_path(path)), "shape": list(data.shape), "sums at both ends": ends}
