"""Python source of values and of documentation: every string of a specification comes through here."""

from __future__ import annotations

import reprlib
import textwrap
from typing import TYPE_CHECKING, Any

from nwb_models.errors import SpecificationError

if TYPE_CHECKING:
    from collections.abc import Iterator

WIDTH = 120
"""The longest line, as the formatter of this project has it."""


def literal(value: Any) -> str:
    r"""Return the source of a constant: None, a bool, a number, text, or a tuple or list of these.

    >>> print(literal('a "quoted" \\ name'), literal((None, 3)), literal([0]), literal(float("inf")))
    'a "quoted" \\ name' (None, 3) (0,) None

    Raises
    ------
    SpecificationError
        Where it is something else.
    """
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return "None"
    if isinstance(value, tuple | list):
        inner = ", ".join(literal(entry) for entry in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, str):
        return string(value)
    if value is None or isinstance(value, bool | int | float):
        return repr(value).replace("e+", "e")
    msg = f"{reprlib.repr(value)} is no value that an attribute or a dataset can have"
    raise SpecificationError(msg)


def string(text: str) -> str:
    """Return the source of a string, in ASCII and with double quotes where that needs no more escapes."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    # without one of the two quotes in it, `ascii` escapes none
    return quote + f"\\{quote}".join(ascii(part)[1:-1] for part in text.split(quote)) + quote


def wrapped(line: str, room: int = WIDTH) -> str:
    """Return a statement broken at its brackets where it is too long, as formatters of Python break it.

    >>> print(wrapped('x: Annotated[int, Attribute(dtype="int8")] = Shortcut("data")', 60))
    x: Annotated[int, Attribute(dtype="int8")] = Shortcut(
        "data"
    )
    """
    if len(line) <= room:
        return line
    left, *value = _split(line, " = ")
    pairs = [(start, end) for start, end, depth in _brackets(line) if depth == 0]
    start, end = pairs[-1] if pairs else (0, 0)
    if value and len(left) + 4 <= room and not (len(left) < start < room or value[0].startswith("-")):
        return f"{left} = (\n{textwrap.indent(wrapped(value[0], room - 4), '    ')}\n)"
    alternatives = _split(line, " | ")
    if len(alternatives) > 1 and not value:
        return "\n| ".join(wrapped(part, room) for part in alternatives)
    if not pairs:
        return line
    head, body = wrapped(line[: start + 1], room), line[start + 1 : end]
    if "\n" in head and len(head.rpartition("\n")[2]) + len(line) - start - 1 <= room:
        return head + line[start + 1 :]
    is_tuple = not line[start - 1].isidentifier()
    if len(body) + 4 > room or is_tuple:
        parts = [part for part in map(str.strip, _split(body, ",")) if part]
        comma = "" if len(parts) == 1 and line[start] == "[" else ","  # with one it would be a tuple
        body = "\n".join(wrapped(f"{part}{comma}", room - 4) for part in parts)
    return f"{head}\n{textwrap.indent(body, '    ')}\n{line[end:]}"


def _brackets(line: str) -> list[tuple[int, int, int]]:
    """Return the brackets of a line that are not in strings: (where it opens, where it closes, how deep)."""
    open_, pairs = [], []
    for place, character in _outside_strings(line):
        if character in "([{":
            open_.append(place)
        elif character in ")]}":
            start = open_.pop()
            if place > start + 1:
                pairs.append((start, place, len(open_)))
    return pairs


def _split(line: str, separator: str) -> list[str]:
    """Return the parts of a line between separators that are in no brackets and no strings."""
    depth, places = 0, []
    for place, character in _outside_strings(line):
        depth += (character in "([{") - (character in ")]}")
        if depth == 0 and line.startswith(separator, place):
            places.append(place)
    begins = [0, *(place + len(separator) for place in places)]
    return [line[begin:end] for begin, end in zip(begins, [*places, len(line)], strict=True)]


def _outside_strings(line: str) -> Iterator[tuple[int, str]]:
    """Yield the characters of a line that are not in strings, with their places."""
    quote, escaped = "", False
    for place, character in enumerate(line):
        if not quote and character in "\"'":
            quote = character
        elif not quote:
            yield place, character
        elif escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif character == quote:
            quote = ""


def docstring(text: str, indent: int) -> str:
    """Return documentation as the source of a string, wrapped; anything unusual in it is escaped by ``repr``.

    Parameters
    ----------
    indent
        How far the lines after the first will be indented: they are wrapped for that.
    """
    # a lone surrogate, which JSON can spell, is no text: Python refuses it in a docstring
    words = " ".join(text.encode("utf-8", "backslashreplace").decode().split())
    if not words:
        words = "No documentation."
    if "\\" in words or '"""' in words or not words.isprintable() or '"' in words[0] + words[-1]:
        return string(words)
    if len(words) <= WIDTH - indent - 6:
        return f'"""{words}"""'
    room = min(WIDTH - indent - 3, len(words) - 1)  # never one line, which would be too long with its quotes
    lines = textwrap.wrap(words, room, break_long_words=False, break_on_hyphens=False)
    return '"""' + "\n".join([*lines, '"""']) if len(lines) > 1 else f'"""{words}"""'


def paragraphs(text: str) -> str:
    """Return documentation that is wrapped already as the source of a string."""
    if "\\" in text or '"""' in text or not text.replace("\n", "").isprintable():
        return string(text)
    return f'"""{text}\n"""'
