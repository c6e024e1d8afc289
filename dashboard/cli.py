"""The commands: people's text to the terminal, one JSON object with `--json`.

Exit 0 done; 1 refused or bad data, with one sentence on stderr; 2 wrong usage.
"""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from dashboard.commands.common import Db, console, language
from geo.errors import SanlingError, UsageError

__all__ = ["cli", "main"]

cli = typer.Typer(add_completion=False, no_args_is_help=False, pretty_exceptions_enable=False)


def main() -> None:
    """Run one command; a sentence instead of a traceback for whatever people can mend."""
    try:
        cli()
    except UsageError as error:
        console.print(error.text(language()), style="red", highlight=False)
        sys.exit(2)
    except SanlingError as error:
        console.print(error.text(language()), style="red", highlight=False)
        sys.exit(1)


@cli.callback(invoke_without_command=True)
def serve_by_default(
    context: typer.Context,
    db: Db = "",
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
) -> None:
    """Sanling: the open risk map of the Three-Zeros programme. Without a command: serve."""
    given = {"--db": db, "--host": host, "--port": port}
    named = [name for name, value in given.items() if value]
    if context.invoked_subcommand is None:
        from dashboard.commands.serving import serve

        serve(db=db, host=host, port=port)
    elif named:
        raise UsageError(
            f"{', '.join(named)} came before {context.invoked_subcommand}; give it after the "
            "command.",
            f"{'、'.join(named)} 写在了命令 {context.invoked_subcommand} 之前；请写在命令之后。",
        )


def _register() -> None:
    from dashboard.commands.checking import check_text
    from dashboard.commands.deciding import (
        approve,
        correct,
        decisions,
        duplicates,
        merge,
        redact,
        reject,
    )
    from dashboard.commands.demo import demo
    from dashboard.commands.hotspots import hotspots
    from dashboard.commands.importing import import_
    from dashboard.commands.matters import hazards, mediation
    from dashboard.commands.patrol import patrol
    from dashboard.commands.people import user
    from dashboard.commands.reporting import report
    from dashboard.commands.serving import serve
    from dashboard.commands.stats import period, stats
    from dashboard.commands.upkeep import check, rebuild, verify
    from dashboard.commands.working import work
    from dashboard.commands.zero import zero

    cli.add_typer(user, name="user")
    cli.add_typer(period, name="period")
    cli.add_typer(report, name="report")
    cli.command("import")(import_)
    cli.command("check-text")(check_text)
    for command in (demo, zero, stats, hotspots, patrol, serve, work, verify, rebuild, check):
        cli.command()(command)
    for leads_on in (hazards, mediation):
        cli.command()(leads_on)
    for decides in (duplicates, correct, merge, redact, approve, reject, decisions):
        cli.command()(decides)


_register()
