"""``anmin schema profile|plan|check``."""

from __future__ import annotations

import click

from anmin.cli.options import print_json


@click.command("schema", epilog="Example:  anmin schema plan > plan.schema.json")
@click.argument("which", type=click.Choice(["profile", "plan", "check"]))
def schema_command(which: str) -> None:
    """JSON Schema (2020-12) of the profile, or of what `plan --json` and `check --json` print."""
    from anmin.report.contract import CheckOut, PlanOut, schema

    if which == "profile":
        from anmin.person.profile import profile_schema

        print_json(profile_schema())
    else:
        print_json(schema(PlanOut) if which == "plan" else schema(CheckOut))
