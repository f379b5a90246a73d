"""`scidex`: puts the commands together and turns errors into words and exit codes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import click
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError

from scidex.kernel.actions import Catalogue
from scidex.kernel.errors import ScidexError
from scidex.kernel.installation import Installation
from scidex.kernel.settings import Settings
from scidex.surfaces.cli import terminal
from scidex.surfaces.cli.citing import citing_commands
from scidex.surfaces.cli.debating import debate_commands, recompute_command
from scidex.surfaces.cli.demo import demo_command
from scidex.surfaces.cli.errors import EPILOG, exit_code
from scidex.surfaces.cli.graphing import graph_commands
from scidex.surfaces.cli.importing import import_command
from scidex.surfaces.cli.ontologies import ontology_commands
from scidex.surfaces.cli.reading import reading_commands
from scidex.surfaces.cli.scoring import scoring_commands
from scidex.surfaces.cli.searching import search_command
from scidex.surfaces.cli.serving import Serve, serve_command
from scidex.surfaces.cli.tokens import token_commands
from scidex.surfaces.cli.verbs import verb_commands

# These take files and have a command of their own.
_BY_HAND = frozenset(
    {"import.store", "bibliography.store", "edge.load", "grounding.store", "debate.turn", "debate.certify"}
)
SECTIONS = (
    *("demo", "import", "serve", "search", "graph", "ontology", "ground"),
    *("show", "list", "resolve", "cite", "bibliography"),
    *("debate", "score", "verify", "recompute"),
    *("history", "diff", "export", "check", "token"),
)


class Program(click.Group):
    """The group: reading commands first, then the verbs of the catalogue."""

    def list_commands(self, context: click.Context) -> list[str]:
        """In the order a newcomer needs them."""
        first = [name for name in SECTIONS if name in self.commands]
        return first + sorted(set(self.commands) - set(first))


def build(
    open_installation: Callable[[Settings], Installation], serve: Serve, version: str, catalogue: Catalogue
) -> tuple[Program, Callable[[], None]]:
    """The program, and what to call when it is done."""
    opened: list[Installation] = []
    settings = Settings.read()

    def installation() -> Installation:
        if not opened:
            context = click.get_current_context().find_root()
            opened.append(open_installation(Settings.read(data=context.params.get("data"))))
        return opened[0]

    group = Program(
        "scidex",
        help=(
            "SciDEX: a scientific discovery exchange that a research lab runs itself.\n\n"
            "\b\nBegin here:\n"
            "  scidex demo                 see it at work on the library that comes with it\n"
            "  scidex import page.txt      bring a page in and see what was wrong with it\n"
            "  scidex serve                read everything in the browser\n"
            "  scidex show REF             read it here"
        ),
        epilog=EPILOG,
        params=[
            click.Option(
                ["--data"],
                type=click.Path(path_type=Path, file_okay=False),
                help=f"The data folder (default {settings.data}).",
            ),
            click.Option(["--version"], is_flag=True, is_eager=True, expose_value=False, callback=_version(version)),
        ],
        callback=lambda **_options: None,
    )
    commands = [
        import_command(installation),
        serve_command(installation, serve),
        demo_command(installation),
        search_command(installation),
        *reading_commands(installation),
        *citing_commands(installation),
        graph_commands(installation),
        *ontology_commands(installation),
        *scoring_commands(),
        recompute_command(installation),
        token_commands(installation),
    ]
    verbs = (verb for verb in catalogue if verb.name not in _BY_HAND)
    commands += verb_commands(verbs, installation, beside={"debate": debate_commands(installation)})
    for command in commands:
        group.add_command(command)

    def close() -> None:
        for one in opened:
            one.close()

    return group, close


def program(
    open_installation: Callable[[Settings], Installation], serve: Serve, version: str, catalogue: Catalogue
) -> None:
    """Runs it and exits."""
    group, close = build(open_installation, serve, version, catalogue)
    try:
        code = group.main(standalone_mode=False, windows_expand_args=False)
    except ScidexError as error:
        terminal.complain(error.message, error.cure)
        code = exit_code(error)
    except click.exceptions.Abort:
        terminal.complain("Stopped.", "Give the same command again to go on.")
        code = 130
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except BrokenPipeError:
        # The reader of our output (head, less) has gone; that is no error of ours.
        sys.stderr.close()
        code = 0
    except OSError as error:
        terminal.complain(
            f"{error.filename or 'The system'}: {error.strerror}.", "Check the path and your rights to it."
        )
        code = 1
    except DatabaseError as error:
        if type(error) not in (DatabaseError, OperationalError):
            raise
        terminal.complain(
            f"The database cannot be used: {str(error.orig).strip()}.", "Check --data and SCIDEX_DATABASE_URL."
        )
        code = 1
    except ArgumentError:
        terminal.complain(
            "SCIDEX_DATABASE_URL is no database address.", "Write postgresql://user@host/name, or unset it."
        )
        code = 2
    finally:
        close()
    sys.exit(code if isinstance(code, int) else 0)


def _version(version: str) -> Callable[[click.Context, click.Parameter, bool], None]:
    def show(context: click.Context, _parameter: click.Parameter, value: bool) -> None:
        if value:
            click.echo(f"scidex {version}")
            context.exit()

    return show
