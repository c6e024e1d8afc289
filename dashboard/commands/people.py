"""`user`: accounts from the command line, for whoever sits at the machine."""

from __future__ import annotations

from typing import Annotated

import typer

from dashboard.commands.common import AsJson, Db, console, print_json, settings_for

__all__ = ["user"]

user = typer.Typer(help="Accounts: add, change, list; from the first on everybody signs in.")

Name = Annotated[str, typer.Argument(help="The account's name.")]
Roles = Annotated[
    list[str] | None, typer.Option("--role", help="A role; give it again for several.")
]
Area = Annotated[str | None, typer.Option("--area", help="Code of the only area it may see.")]


@user.command()
def add(
    name: Name,
    *,
    role: Roles = None,
    area: Area = None,
    db: Db = "",
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)],
) -> None:
    """Add an account; the password is asked for."""
    from dashboard.access import LOCAL
    from dashboard.wiring import build_people

    people = build_people(settings_for(db))
    people.add(LOCAL, name, password=password, roles=role or [], scope=area or "")
    console.print(f"Added {name}.")


@user.command()
def change(
    name: Name,
    *,
    role: Roles = None,
    area: Area = None,
    close: Annotated[bool | None, typer.Option("--close/--open", help="Close or open it.")] = None,
    password: Annotated[bool, typer.Option("--password", help="Ask for a new password.")] = False,
    db: Db = "",
) -> None:
    """Change what is given of an account."""
    from dashboard.access import LOCAL
    from dashboard.wiring import build_people

    new = typer.prompt("Password", hide_input=True, confirmation_prompt=True) if password else None
    build_people(settings_for(db)).change(
        LOCAL, name, password=new, roles=role, scope=area, disabled=close
    )
    console.print(f"Changed {name}.")


@user.command("list")
def list_(*, db: Db = "", as_json: AsJson = False) -> None:
    """List the accounts with their roles and areas."""
    from dashboard.access import LOCAL
    from dashboard.wiring import build_people

    accounts = build_people(settings_for(db)).accounts(LOCAL)
    if as_json:
        names = ("name", "roles", "scope", "disabled")
        print_json({"accounts": [{n: getattr(one, n) for n in names} for one in accounts]})
        return
    for one in accounts:
        state = "closed" if one.disabled else "open"
        console.print(f"{one.name}  {', '.join(one.roles)}  {one.scope or 'all'}  {state}")
