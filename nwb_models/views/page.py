"""A file as one page that can be sent to somebody: what it is, what is in it, first rows, and some pictures."""

from __future__ import annotations

import base64
import io as streams
import time
import warnings
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nwb_models.errors import NWBError
from nwb_models.io.hdf5 import HDF5IO
from nwb_models.io.progress import report
from nwb_models.limits import DEFAULT, Limits
from nwb_models.models.base import NWBDataset, NWBGroup, NWBModel, kind_of
from nwb_models.models.html import STYLE, departures, text_of, unfolding
from nwb_models.models.outline import Bounds, described, first_children, human_size, outline, short
from nwb_models.views.plot import picture_of, require_matplotlib
from nwb_models.views.windows import MOST

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

BOUNDS = Bounds(lines=3000, children=50, heads=True)
"""How much of a file is on a page."""
PICTURES, EACH = 9, 2
"""The most pictures on a page, and of one type."""
VALUES = 200_000
"""How many values are read for a picture."""
SECONDS = 30.0
"""After which time no other picture is begun."""
LOOKED_AT = 2000
"""In how many objects something to draw is looked for."""
FACTS = (
    "session_description", "identifier", "session_id", "session_start_time", "experimenter", "institution", "lab",
    "experiment_description", "keywords", "related_publications",
)  # fmt: skip
"""What is said of a session."""
OF_SUBJECT = ("subject_id", "species", "strain", "genotype", "sex", "age", "date_of_birth", "weight", "description")
"""What is said of its subject."""
PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<style>
:root{{color-scheme:light dark}}
body{{font-family:system-ui,sans-serif;max-width:75em;margin:1.5em auto;padding:0 1em;line-height:1.45}}
h1{{font-size:1.5em;margin-bottom:.1em;overflow-wrap:anywhere}}
h2{{font-size:1.1em;margin:1.6em 0 .4em;border-bottom:1px solid rgba(128,128,128,.35)}}
dl{{display:grid;grid-template-columns:max-content 1fr;gap:.15em 1em;margin:0}}
dt{{opacity:.68}}
dd{{margin:0;overflow-wrap:anywhere}}
.pictures{{display:grid;grid-template-columns:repeat(auto-fill,minmax(26em,1fr));gap:1em}}
figure{{margin:0;max-width:100%}}
figure img{{max-width:100%;border-radius:4px;display:block}}
figcaption,.note{{font-size:.85em;opacity:.75;overflow-wrap:anywhere}}
</style>
{style}</head><body>
{body}
</body></html>
"""


def page_of(path: str | os.PathLike[str], *, plots: bool = True, limits: Limits = DEFAULT) -> str:
    """Return one page of HTML with what is in a file; it needs nothing from elsewhere, and runs nothing.

    Of large files, it shows what is near the root, the first rows of tables, and a part of what is drawn, and says so.

    Parameters
    ----------
    path
        The file.
    plots
        Whether to draw series, units and images; see `nwb_models.plot`.
    limits
        What is refused as too large.

    Raises
    ------
    NotReadableError, NotNWBError
        Where it is no NWB file that can be opened.
    ImportError
        Where pictures are asked for and matplotlib is not installed.
    """
    if plots:
        require_matplotlib()
    with HDF5IO(path, limits=limits) as opened:
        root = opened.read()
        tree = unfolding(outline(root, BOUNDS), is_open=True)
        drawn = "".join(_figures(root)) if plots else ""
        name = Path(path).name
        size = human_size(Path(path).stat().st_size)
        parts = [
            f"<h1>{text_of(name)}</h1>",
            f'<div class="note">NWB {text_of(str(root.nwb_version))}, {size}</div>',
            _section("Session", _listed(_of_session(root))),
            _section("Subject", _listed(_of_subject(root))),
            _section("Pictures", f'<div class="pictures">{drawn}</div>' if drawn else ""),
            _section("Contents", f'<div class="nwbm">{tree}{departures(opened.issues)}</div>'),
            _section("Specifications", _specifications(opened)),
        ]
    return PAGE.format(title=text_of(name), style=STYLE, body="\n".join(part for part in parts if part))


def _section(title: str, content: str) -> str:
    return f"<h2>{title}</h2>\n{content}" if content else ""


def _listed(facts: Iterator[tuple[str, str]]) -> str:
    rows = "".join(f"<dt>{text_of(name)}</dt><dd>{text_of(value)}</dd>" for name, value in facts)
    return f"<dl>{rows}</dl>" if rows else ""


def _of_session(root: Any) -> Iterator[tuple[str, str]]:
    for name in FACTS:
        value = _text(getattr(root, name, None) if name in type(root).model_fields else _general(root, name))
        if value:
            yield name.replace("_", " "), value


def _general(root: Any, name: str) -> Any:
    general = getattr(root, "general", None)
    return getattr(general, name, None)


def _of_subject(root: Any) -> Iterator[tuple[str, str]]:
    subject = _general(root, "subject")
    for name in OF_SUBJECT if isinstance(subject, NWBModel) else ():
        value = _text(getattr(subject, name, None))
        if value:
            yield name.replace("_", " "), value


def _text(value: Any) -> str:
    """Return a fact; a short list of text is read."""
    if isinstance(value, NWBDataset):
        value = value.value
    if value is None:
        return ""
    try:
        if len(getattr(value, "shape", None) or ()) == 1 and value.shape[0] <= 50 and value.dtype.kind in "OSU":
            value = "; ".join(str(entry) for entry in np.asarray(value).tolist())
    except NWBError as error:
        value = str(error)
    return short(value, 2000) if isinstance(value, str) else described(value)


def _specifications(opened: HDF5IO) -> str:
    listed = ", ".join(f"{name} {version}" for name, version in sorted(opened.provider.versions.items()))
    note = "" if opened.is_specified else " (the file holds none of its own; these are the nearest that are known)"
    return f"<div>{text_of(listed + note)}</div>"


# ---------------------------------------------------------------------------------------------- pictures
def _figures(root: NWBGroup) -> Iterator[str]:
    """Draw some objects of a file; what cannot be drawn is left out."""
    things = list(_drawable(root))
    report(0, len(things))
    token = MOST.set(VALUES)
    until = time.monotonic() + SECONDS
    try:
        for thing in things:
            if time.monotonic() < until:
                yield _figure(thing)
            report(1)
    finally:
        MOST.reset(token)


def _drawable(root: NWBGroup) -> Iterator[NWBModel]:
    """Yield objects that there are pictures of, those near the root first, and few of one type."""
    waiting: deque[NWBGroup] = deque([root])
    seen, count, looked = {id(root)}, 0, 0
    types: dict[str, int] = {}
    while waiting and count < PICTURES:
        group = waiting.popleft()
        for name, _ in first_children(group, BOUNDS.children)[0]:
            looked += 1
            if looked > LOOKED_AT or count >= PICTURES:
                return
            try:
                child = group._child(name)
            except NWBError:
                continue
            if not isinstance(child, NWBModel) or id(child) in seen:
                continue
            seen.add(id(child))
            if picture_of(child) is None:
                waiting += [child] if isinstance(child, NWBGroup) else []
            elif types.get(kind_of(child), 0) < EACH and _has_data(child):
                types[kind_of(child)] = types.get(kind_of(child), 0) + 1
                count += 1
                yield child


def _has_data(model: Any) -> bool:
    shape = model.shape if isinstance(model, NWBDataset) else getattr(getattr(model, "data", None), "shape", (1,))
    return bool(shape) and 0 not in shape


def _figure(model: NWBModel) -> str:
    """Return a picture with what it is of; nothing where it cannot be drawn."""
    from matplotlib.figure import Figure

    draw = picture_of(model)
    assert draw is not None
    figure = Figure(figsize=(6, 3.2), layout="constrained")
    stream = streams.BytesIO()
    try:
        draw(model, figure.add_subplot())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of letters for which its font has no picture
            figure.savefig(stream, format="png", dpi=100)
    except (NWBError, ValueError, TypeError, IndexError, KeyError, AttributeError, MemoryError, RuntimeError) as error:
        reason = short(" ".join(str(entry) for entry in error.args), 120)
        return f"<figure><figcaption>{text_of(str(model.path))} is not drawn: {text_of(reason)}</figcaption></figure>"
    data = base64.b64encode(stream.getvalue()).decode("ascii")
    label = text_of(f"{model.path} ({kind_of(model)})")
    return f'<figure><img alt="{label}" src="data:image/png;base64,{data}"><figcaption>{label}</figcaption></figure>'
