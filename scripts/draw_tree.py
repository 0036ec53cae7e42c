"""Write `docs/tree.svg`, the picture in the README: what ``nwb-models tree`` prints of the example.

Run it where the example, or what the command prints, has changed.
"""

from __future__ import annotations

import io
from pathlib import Path

from rich.console import Console

from nwb_models import demo
from nwb_models.cli import TreePrinter
from nwb_models.io.hdf5 import HDF5IO
from nwb_models.io.tree import file_tree

TARGET = Path(__file__).parent.parent / "docs" / "tree.svg"
PATH = "/acquisition"
TITLE = f"nwb-models tree session.nwb --path {PATH}"
WIDTH = 92

# As rich's own, but without the font that it loads from elsewhere.
FORMAT = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; \
font-size: {char_height}px; line-height: {line_height}px; }}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def draw() -> str:
    """Return the picture."""
    printer = TreePrinter()
    printer.console = Console(
        record=True,
        width=WIDTH,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False,
    )
    printer.width = WIDTH
    with demo.example_folder(), HDF5IO("session.nwb") as file:
        printer.print(file_tree(file, PATH))
    return printer.console.export_svg(title=TITLE, code_format=FORMAT, unique_id="tree")


if __name__ == "__main__":
    TARGET.write_text(draw(), encoding="utf-8")
