"""The command ``nwb-models``: what is typed, and what is printed.

Exit status: 0 done; 1 the file has the problem that was asked about; 2 it cannot be read, or the command was
used wrongly; 130 interrupted; 143 ended by SIGTERM.  An error is one line on stderr, and so is a warning.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import threading
import traceback
import warnings
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nwb_models import __version__
from nwb_models.cli_check import check
from nwb_models.cli_generate import generate
from nwb_models.cli_graph import graph, references
from nwb_models.cli_html import html
from nwb_models.cli_limits import LimitOption, limits_of
from nwb_models.cli_metadata import metadata
from nwb_models.cli_schema import schema
from nwb_models.cli_truncate import truncate
from nwb_models.cli_validate import validate
from nwb_models.errors import (
    DanglingReferenceError,
    DepartureError,
    DocumentError,
    InvalidModelError,
    NWBError,
    NWBWarning,
)
from nwb_models.views.progress import progress

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console
    from rich.text import Text
    from rich.tree import Tree

    from nwb_models import demo as demo_steps
    from nwb_models.io.tree import DatasetEntry, Document, DType, Entry, GroupEntry, LinkEntry

PROGRAM = "nwb-models"
FAILED = 2
INTERRUPTED = 130
ENDED = 143
LISTS = (DanglingReferenceError, DepartureError, DocumentError, InvalidModelError)
"""Errors that list problems."""

UsageError: Any = typer.BadParameter.__base__
"""click's error for wrong usage, found from typer's public end: newer versions carry a click of their own."""

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,  # its frames are wider than what they say
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(check)
app.command()(generate)
app.command()(references)
app.command()(graph)
app.command()(html)
app.command()(metadata)
app.command()(truncate)
app.command()(validate)
app.add_typer(schema, name="schema")


# -------------------------------------------------------------------------------- commands
def _print_version(asked: bool) -> None:
    if asked:
        print(PROGRAM, __version__)
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _program(
    context: typer.Context,
    version: Annotated[  # noqa: ARG001 (the callback prints it)
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
    show_traceback: Annotated[  # noqa: ARG001 (main takes it out, and here it is for the help)
        bool, typer.Option("--traceback", help="Show where an error comes from.")
    ] = False,
) -> None:
    """Read, write and describe NWB files."""
    if context.invoked_subcommand is None:
        print(context.get_help())


@app.command()
def tree(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The NWB file.")],
    path: Annotated[str, typer.Option(metavar="PATH", help="Begin with this object of the file.")] = "/",
    depth: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="Go down N levels, not all.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document, for programs.")] = False,
    types: Annotated[
        bool, typer.Option("--types", help="Path and type of each object only, one a line: the fastest.")
    ] = False,
    limit: LimitOption = None,
) -> None:
    """Show what is in a file, with types, shapes and sizes."""
    from nwb_models.io.hdf5 import HDF5IO
    from nwb_models.io.tree import file_tree

    with HDF5IO(file, limits=limits_of(limit)) as io:
        if types:
            from nwb_models.io.hierarchy import types_below

            _print_types(types_below(io, path, depth=depth), as_json=as_json)
            return
        document = file_tree(io, path, depth=depth)
    if as_json:
        print(json.dumps(document, allow_nan=False, indent=2 if sys.stdout.isatty() else None))
    else:
        TreePrinter().print(document)


def _print_types(found: dict[str, str | None], *, as_json: bool) -> None:
    """Print path, a tab and type of each object, each group with what is in it."""
    if as_json:
        print(json.dumps(found))
        return
    encoding = sys.stdout.encoding or "utf-8"
    for path in sorted(found, key=lambda path: path.split("/")):
        print(printable(path, encoding), printable(found[path] or "", encoding), sep="\t")


@app.command()
def copy(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="The NWB file.")],
    target: Annotated[str, typer.Argument(metavar="TARGET", help="The new file; one that is there is replaced.")],
    limit: LimitOption = None,
) -> None:
    """Read a file into models, and write the models to a new file."""
    from nwb_models.io.hdf5 import HDF5IO

    with HDF5IO(source, limits=limits_of(limit)) as io, HDF5IO(target, "w") as new, progress("Copying"):
        new.write(io.read(eager=True))


@app.command()
def diff(
    one: Annotated[str, typer.Argument(metavar="A", help="The NWB file.")],
    two: Annotated[str, typer.Argument(metavar="B", help="The file to compare it with.")],
    storage: Annotated[bool, typer.Option("--storage", help="Compare chunks and filters, too.")] = False,
    specifications: Annotated[
        bool, typer.Option("--specifications", help="Compare the specifications in the files, too.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document, for programs.")] = False,
    limit: LimitOption = None,
) -> None:
    """Say what differs between two files, object by object; exit status 1 where anything does."""
    from nwb_models.io.diff import diff as differences

    found = differences(one, two, storage=storage, specifications=specifications, limits=limits_of(limit))
    if as_json:
        print(json.dumps({"one": one, "two": two, "differences": [difference.to_dict() for difference in found]}))
    else:
        for difference in found:
            print(printable(str(difference), sys.stdout.encoding or "utf-8"))
    if found:
        raise typer.Exit(1)


@app.command()
def repack(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The NWB file.")],
    backup: Annotated[bool, typer.Option("--backup", help="Keep the file as it was, as FILE.bak.")] = False,
    limit: LimitOption = None,
) -> None:
    """Give back the space in a file that holds nothing any more, as after objects were removed."""
    from nwb_models.io.repack import repack

    with progress("Repacking"):
        freed = repack(file, backup=backup, limits=limits_of(limit))
    print(f"{file}: {human_size(freed)} given back")


@app.command()
def demo(
    save: Annotated[
        str | None, typer.Option(metavar="FILE", help="Only save that recording, as a new file.", show_default=False)
    ] = None,
) -> None:
    """Run the quick start on the recording that comes with the library."""
    from nwb_models import demo
    from nwb_models.io.hdf5 import HDF5IO
    from nwb_models.io.tree import file_tree

    if save is not None:
        demo.save_example(save)
        return
    with demo.example_folder():
        for step in demo.run(demo.QUICK_START):
            _print_step(step)
        print(f"\n$ {PROGRAM} tree session.nwb --path /acquisition --depth 2")
        with HDF5IO("session.nwb") as io:
            TreePrinter().print(file_tree(io, "/acquisition", depth=2))
    print(f"\nNow with a file of your own: {PROGRAM} tree FILE.nwb")


def _print_step(step: demo_steps.Step) -> None:
    """Print a statement as at Python's prompt, with its comment above and its values below."""
    import numpy as np
    from rich.highlighter import ReprHighlighter
    from rich.syntax import Syntax
    from rich.text import Text

    out = console()
    python = Syntax("", "python", theme="ansi_dark", background_color="default")
    prompt = ">>> "
    for code, comment in step.lines:
        line = Text().append(prompt, "dim").append_text(python.highlight(code))
        line.rstrip()
        if comment and prompt == ">>> ":
            out.print(comment, style="dim")
        elif comment and len(line) + 2 + len(comment) <= out.width:
            line.append(f"  {comment}", "dim")
        out.print(line, soft_wrap=True)
        prompt = "... "
    with np.printoptions(threshold=20, edgeitems=2):
        for value in step.values:
            out.print(ReprHighlighter()(repr(value)))


# -------------------------------------------------------------------------------- the tree
class TreePrinter:
    """Prints what `nwb_models.io.tree` found, for people.

    On a terminal, what is too long for a line goes on below it; in a pipe, each object has one line.  Names,
    types and shapes are always whole; values and attributes are shortened to what room there is.
    """

    PLAIN = ("core", "hdmf-common")
    """Namespaces that go without saying."""
    FIRST = ("rate", "unit", "conversion", "table", "description")
    """Attributes that are shown first."""
    SILENT = (
        ("comments", "no comments"),
        ("conversion", 1.0),
        ("description", ""),
        ("description", "no description"),
        ("interval", 1),
        ("offset", 0.0),
        ("resolution", -1.0),
    )
    """Attributes that say nothing: they have the schema's default, or what PyNWB writes without a text."""

    def __init__(self) -> None:
        self.console = console()
        self.width = self.console.width

    def print(self, document: Document) -> None:
        """Print a head line and the tree."""
        from rich.text import Text

        grown, deepest = self.grow(document["tree"])
        self.console.print(Text(self.head(document), "bold"), soft_wrap=True)
        # A terminal breaks what is wider than itself; in a pipe nothing is broken.
        self.console.width = max(self.width, 4 * deepest + 40) if self.console.is_terminal else 10**6
        self.console.print(grown)
        self.console.width = self.width

    def head(self, document: Document) -> str:
        """Return one line on the file."""
        version = document["nwb_version"]
        namespaces = [
            f"{namespace['name']} {' and '.join(namespace['versions'])}"
            for namespace in document["namespaces"]
            if namespace["name"] != "core" or namespace["versions"] != [version]
        ]
        if not document["namespaces"]:
            namespaces = ["no specifications in the file"]
        words = ", ".join([f"NWB {version or 'of unknown version'}", *namespaces])
        size = [] if document["size"] is None else [human_size(document["size"])]
        return self.safe("  ".join([document["file"], *size, words]))

    def grow(self, top: Entry) -> tuple[Tree, int]:
        """Return the tree, and how deep it goes; without recursion, as a file can be nested very deeply."""
        from rich.tree import Tree

        deepest = 0
        root = Tree(self.label(top, 0, whole_path=True), guide_style="dim")
        waiting = [(root, top, 1)]
        while waiting:
            branch, entry, level = waiting.pop()
            if entry["kind"] != "group":
                continue
            deepest = max(deepest, level)
            members: list[Entry | LinkEntry] = [*(entry["children"] or ()), *(entry["links"] or ())]
            for member in sorted(members, key=lambda member: member["name"]):
                if "target" in member:
                    branch.add(self.link(member))  # type: ignore[arg-type]
                else:
                    waiting.append((branch.add(self.label(member, level)), member, level + 1))
        return root, deepest

    def label(self, entry: Entry, level: int, *, whole_path: bool = False) -> Text:
        """Return one line on an object."""
        from rich.text import Text

        room = self.width - 4 * level
        neurodata_type = self._type_of(entry)
        text = Text().append(self.safe(entry["path" if whole_path else "name"]), "bold")
        if neurodata_type or entry["kind"] == "dataset":
            text.append(": ").append(self.safe(neurodata_type), "cyan")
        if entry["kind"] == "group":
            self._describe_group(text, entry)
        else:
            text.append(" " if neurodata_type else "")
            self._describe_dataset(text, entry, room)
        self._append_attributes(text, entry, room)
        return text

    def _type_of(self, entry: Entry) -> str:
        """Return the neurodata_type, with its namespace where that says something; "" for none."""
        if entry["neurodata_type"] is None or entry["namespace"] is None or entry["namespace"] in self.PLAIN:
            return entry["neurodata_type"] or ""
        return f"{entry['namespace']}.{entry['neurodata_type']}"

    def link(self, link: LinkEntry) -> Text:
        """Return one line on a link."""
        from rich.text import Text

        target = link["object"] or link["target"]
        if link["file"] is not None:
            target = f"{link['file']}:{link['target']}"
        text = Text().append(self.safe(link["name"]), "bold")
        if target is not None:
            text.append(self.safe(f" -> {target}"), "magenta")
        text.append(f"  {link['kind']} link", "dim")
        if link["problem"] is not None:
            text.append(self.safe(f", {link['problem']}"), "red")
        return text

    def _describe_group(self, text: Text, group: GroupEntry) -> None:
        if group["members"] == 0:
            text.append("  empty", "dim")
        elif group["children"] is None:
            text.append(f"  {_count(group['members'], 'member')}", "dim")

    def _describe_dataset(self, text: Text, dataset: DatasetEntry, room: int) -> None:
        text.append(self.safe(_type(dataset["dtype"])), "green")
        if dataset["problem"] is not None:
            text.append(self.safe(f"  cannot be read: {dataset['problem']}"), "red")
        elif dataset["shape"] is None:
            text.append("  empty", "dim")
        elif dataset["shape"] == []:
            value, left = dataset["value"], max(20, room - len(text) - 3)
            number = isinstance(value, str) and dataset["dtype"] not in ("text", "ascii")  # such as NaN
            text.append(self.safe(f" = {value if number else _shown(value, left)}"), "yellow")
        else:
            text.append(f" {_shape(dataset['shape'])}", "green")
            text.append(_size(dataset), "dim")

    def _append_attributes(self, text: Text, entry: Entry, room: int) -> None:
        """Append the attributes for which there is room, and how many others there are."""
        telling = {
            name: value
            for name, value in sorted(entry["attributes"].items(), key=lambda item: self._rank(item[0]))
            if (name, value) not in self.SILENT and (name, entry["path"]) != ("nwb_version", "/")
        }
        others = len(telling)
        for name, value in telling.items():
            reserved = len("  +9") if others > 1 else 0
            shown = _attribute(name, value, room - len(text) - 2 - reserved)
            if shown is not None:
                text.append(self.safe(f"  {shown}"), "dim")
                others -= 1
        count = f"  +{_count(others, 'attribute')}" if others else ""
        if entry["kind"] == "dataset" and entry["chunks"] not in (None, entry["shape"]):
            chunks = f"  in chunks {_shape(entry['chunks'] or ())}"
            text.append(chunks if len(text) + len(chunks) + len(count) <= room else "", "dim")
        if others:
            text.append(count if len(text) + len(count) <= room else f"  +{others}", "dim")

    def _rank(self, name: str) -> tuple[int, str]:
        return (self.FIRST.index(name) if name in self.FIRST else len(self.FIRST)), name

    def safe(self, text: str) -> str:
        """Return text with escapes for what would control the terminal, and for what it cannot show."""
        return printable(text, self.console.encoding)


def console() -> Console:
    """Return what prints on stdout: without markup, since names in a file are no markup."""
    from rich import console as rich_console

    class Quiet(rich_console.Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # rich would exit with status 1

    return Quiet(highlight=False, markup=False, emoji=False)


def printable(text: str, encoding: str = "utf-8") -> str:
    r"""Return text with escapes in the place of control characters and of what the encoding cannot express.

    >>> print(printable("a\x1b[31mb\nc"), printable("\N{MICRO SIGN}V", "ascii"))
    a\x1b[31mb\nc \xb5V
    """
    if not text.isprintable():
        text = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
    return text.encode(encoding, "backslashreplace").decode(encoding)


def human_size(size: int) -> str:
    """Return a number of bytes for people.

    >>> human_size(0), human_size(1023), human_size(48000), human_size(351713), human_size(5 * 2**40)
    ('0 B', '1023 B', '46.9 KiB', '343 KiB', '5120 GiB')
    """
    if size < 1024:
        return f"{size} B"
    number = float(size)
    for unit in ("KiB", "MiB", "GiB"):
        number /= 1024
        if number < 1000 or unit == "GiB":
            break
    return f"{number:.{1 if number < 99.95 else 0}f} {unit}"


def _size(dataset: DatasetEntry) -> str:
    """Return the size in memory, and the size on disk where it is another one."""
    size, stored = dataset["size"], dataset["stored_size"]
    if size is None:
        return ""
    return f"  {human_size(size)}" + (f", {human_size(stored)} on disk" if stored != size else "")


def _shape(shape: Sequence[int]) -> str:
    return f"({shape[0]},)" if len(shape) == 1 else f"({', '.join(map(str, shape))})"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _type(dtype: DType) -> str:
    """Return the name of a type; of a compound type the fields, with their types where that is short."""
    if isinstance(dtype, str):
        return dtype
    fields = ", ".join(f"{field['name']}: {_type(field['dtype'])}" for field in dtype)
    return "{" + (fields if len(fields) <= 40 else ", ".join(field["name"] for field in dtype)) + "}"


def _attribute(name: str, value: Any, room: int) -> str | None:
    """Return an attribute in no more room than there is; None for one that is only counted."""
    if isinstance(value, list) or value is None:
        return None
    if name == "description" and isinstance(value, str):
        return _shown(value, room) if room >= min(20, len(value) + 2) else None
    if isinstance(value, dict) and value.get("reference") and value["path"] is not None:
        whole, short = value["path"], f".../{value['path'].rpartition('/')[2]}"
        shown = f"{name} -> {whole if len(name) + 4 + len(whole) <= room else short}"
    elif isinstance(value, str) and value.isprintable() and value and " " not in value:
        shown = f"{name}={value}"
    else:
        shown = f"{name}={_shown(value, sys.maxsize)}"
    return shown if len(shown) <= room else None


def _shown(value: Any, room: int) -> str:
    """Return a value in one line of about the length that there is room for."""
    match value:
        case str():
            return f'"{value}"' if len(value) + 2 <= room else f'"{value[: max(room - 5, 1)]}..."'
        case {"reference": _, "path": path, **more}:
            return f"-> {path or 'nothing'}" + (f" [{more['region']}]" if more.get("region") else "")
        case {"unreadable": reason}:
            return f"unreadable: {reason}"
        case dict():
            text = "{" + ", ".join(f"{key}: {_shown(item, room)}" for key, item in value.items()) + "}"
        case _:
            text = json.dumps(value)
    return text if len(text) <= room else text[: max(room - 3, 1)] + "..."


# -------------------------------------------------------------------------------- the program
def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Parameters
    ----------
    arguments
        What follows the name of the program; from ``sys.argv`` where it is not given.

    Returns
    -------
    int
        The exit status, see the text of this module.
    """
    words, traced = _without_traceback(list(sys.argv[1:] if arguments is None else arguments))
    with _streams_there(), _warnings_in_one_line():
        try:
            with _ended_in_order():
                status = _run(words)
            sys.stdout.flush()
        except BrokenPipeError:  # who reads has seen enough
            status = 0
            _drop_output()
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 (here every error ends)
            status = _status(error)
            if traced:
                print(*map(printable, traceback.format_exc().splitlines()), sep="\n", file=sys.stderr)
            complain("error", _said(error, words), is_list=isinstance(error, LISTS))
            _flush_or_drop()
    return status


def _run(words: list[str]) -> int:
    """Parse and run; click's own `main` would print errors and exit by itself."""
    command = typer.main.get_command(app)
    try:
        with command.make_context(PROGRAM, words) as context:
            command.invoke(context)
    except typer.Exit as stop:
        return stop.exit_code
    return 0


def _without_traceback(words: list[str]) -> tuple[list[str], bool]:
    """Take ``--traceback`` out of the arguments: it may stand before the command, or behind it."""
    end = words.index("--") if "--" in words else len(words)
    return [word for word in words[:end] if word != "--traceback"] + words[end:], "--traceback" in words[:end]


def _status(error: BaseException) -> int:
    if isinstance(error, _Ended):
        return ENDED
    return INTERRUPTED if isinstance(error, KeyboardInterrupt) else FAILED


def _said(error: BaseException, words: list[str]) -> str:
    """Return what an error says, and what to do about it."""
    command = next((word for word in words if word in ("tree", "demo")), "")
    help_ = f"see '{PROGRAM} {command} --help'".replace("  ", " ")
    match error:
        case _Ended():
            return "ended by SIGTERM"
        case KeyboardInterrupt():
            return "interrupted"
        case UsageError():
            return f"{error.format_message().rstrip('.')}; {help_}"
        case NWBError():
            return str(error)
        case OSError() if error.strerror is not None:
            return f"{error.filename}: {error.strerror}" if error.filename is not None else error.strerror
        case RecursionError():
            return f"the file is nested too deeply; limit the depth, {help_}"
        case MemoryError():
            return f"the memory is not enough; look at a part of the file, {help_}"
        case _:
            return f"unexpected {type(error).__name__}: {error}; '--traceback' shows where, please report it"


class _Ended(KeyboardInterrupt):
    """SIGTERM asks the command to end: it does so as at an interrupt, and removes what is not finished."""


@contextlib.contextmanager
def _ended_in_order() -> Iterator[None]:
    """Let SIGTERM be an interrupt; at once, it would leave unfinished files.  Who ignores it, goes on ignoring it."""

    def end(*_: object) -> None:
        raise _Ended

    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGTERM) != signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


@contextlib.contextmanager
def _streams_there() -> Iterator[None]:
    """Let what is printed go nowhere where the shell has closed stdout or stderr: they are None then."""
    with contextlib.ExitStack() as stack:
        nowhere = stack.enter_context(open(os.devnull, "w", encoding="utf-8"))  # noqa: PTH123
        if sys.stdout is None:
            stack.enter_context(contextlib.redirect_stdout(nowhere))
        if sys.stderr is None:
            stack.enter_context(contextlib.redirect_stderr(nowhere))
        yield


@contextlib.contextmanager
def _warnings_in_one_line() -> Iterator[None]:
    with warnings.catch_warnings():
        usual = warnings.showwarning

        def show(message: Warning | str, category: type[Warning], *where: Any, **more: Any) -> None:
            if issubclass(category, NWBWarning):
                complain("warning", str(message))
            else:
                usual(message, category, *where, **more)

        warnings.simplefilter("always", NWBWarning)
        warnings.showwarning = show
        yield


def complain(kind: str, text: str, *, is_list: bool = False) -> None:
    """Print an ``error``, or a ``warning``, on stderr: in one line, also where a name in a file holds line ends.

    Text that lists problems has each in a line of its own.
    """
    lines = text.splitlines() if is_list else [" ".join(part.strip() for part in text.splitlines())]
    print(f"{PROGRAM}: {kind}: " + "\n".join(map(printable, lines)), file=sys.stderr)


def _flush_or_drop() -> None:
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        _drop_output()


def _drop_output() -> None:
    """Let what is still to be written go nowhere, or Python would complain at its end."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
