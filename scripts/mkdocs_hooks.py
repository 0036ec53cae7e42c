"""Pages of the documentation that are made when it is built: commands, decisions, and what lies outside of ``docs/``.

`mkdocs.yml` names this file under ``hooks``.  What is written in ``docs/`` links to ``../SECURITY.md``, as GitHub needs
it; here such links are turned to the copy in the site.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mkdocs.structure.files import File

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

ROOT = Path(__file__).parent.parent
ELSEWHERE = {
    "SECURITY.md": "security.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
}
"""Pages at the top of the repository, and what they are called in the site."""

EACH_COMMAND = """\
Each command says this itself: `nwb-models COMMAND --help`. An error is one line, and `nwb-models --traceback COMMAND`
shows where it comes from. The exit status is 0 where all went well, 1 where a file has the problem that was asked
about, 2 where it cannot be read or the command was used wrongly, and 130 after an interrupt.
"""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are not in ``docs/``."""
    made = {"commands.md": commands(), "decisions/index.md": decisions()}
    for source, name in ELSEWHERE.items():
        # These link to docs/page.md, and the pages beside them by their own names.
        made[name] = (ROOT / source).read_text(encoding="utf-8").replace("](docs/", "](")
    for name, text in made.items():
        files.append(File.generated(config, name, content=text))
    return files


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Turn links to pages at the top of the repository to those in the site."""
    for source, name in ELSEWHERE.items():
        markdown = re.sub(rf"\]\((?:\.\./)*{re.escape(source)}", f"]({name}", markdown)
    return markdown


def decisions() -> str:
    """Return a page that lists the decisions by their titles."""
    lines = [
        "# Decisions",
        "",
        "Why things are as they are: what was chosen, what was rejected, and what was measured.",
        "",
    ]
    for path in sorted((ROOT / "docs" / "decisions").glob("0*.md")):
        title = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
        lines.append(f"- {path.name[:4]}: [{title}]({path.name})")
    return "\n".join(lines) + "\n"


def commands() -> str:
    """Return a page with the help of every command, as the commands themselves print it."""
    import typer

    from nwb_models.cli import PROGRAM, app

    lines = [f"# Commands\n\n{EACH_COMMAND}"]
    for name, text in _helps(typer.main.get_command(app), PROGRAM):
        lines += [f"## {name}", "", "```text", text.rstrip(), "```", ""]
    return "\n".join(lines)


def _helps(command: Any, name: str, parent: Any = None) -> Iterator[tuple[str, str]]:
    """Yield the name and the help of a command, and of those below it."""
    context = command.make_context(
        name, [], parent=parent, resilient_parsing=True, terminal_width=96, max_content_width=96
    )
    yield context.command_path, command.get_help(context)
    for below in sorted(getattr(command, "commands", {})):
        yield from _helps(command.commands[below], below, context)
