"""``anmin evidence``: what the studies say, recomputed from what they print."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from anmin.cli.files import write_whole
from anmin.cli.network import network_command
from anmin.cli.options import json_option, lang_option, print_json
from anmin.cli.site import site_command
from anmin.errors import InputError, UnknownId
from anmin.knowledge.model import Lang

if TYPE_CHECKING:
    from anmin.evidence.model import Effect
    from anmin.knowledge.load import Knowledge


@click.group(
    "evidence",
    epilog="""\b
Examples:
  anmin evidence show glycine
  anmin evidence show magnesium --outcome sleep_onset_latency --svg forest.svg
  anmin evidence show schuster-2025
  anmin evidence doubt --lang ja
  anmin evidence network                         does a blend beat its parts?
  anmin evidence add my-study.yaml
  anmin evidence site pages                      all of it as plain web pages
  anmin evidence build --check""",
)
def evidence_group() -> None:
    """What the studies say, recomputed: effects, certainty, contradictions."""


evidence_group.add_command(network_command)
evidence_group.add_command(site_command)


@evidence_group.command("build", epilog="Example:  anmin evidence build --check")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write here instead of the package.")
@click.option(
    "--check", is_flag=True, help="Write nothing; exit with 2 if the shipped table is not what the studies give."
)
@lang_option
def build_command(out: Path | None, check: bool, lang: Lang) -> None:
    """Rebuild the table that the plan reads, from the facts alone: the same facts, the same bytes."""
    from anmin.evidence.shipped import TABLE, decode, encode
    from anmin.knowledge.load import load

    knowledge = load()
    data = encode(knowledge)
    target = out or TABLE
    if check:
        same = target.is_file() and target.read_bytes() == data
        click.echo(knowledge.say("evidence.page.same" if same else "evidence.page.stale", lang))
        sys.exit(0 if same else 2)
    write_whole(str(target), data)
    table = decode(data)
    sentence = knowledge.say(
        "evidence.page.built",
        lang,
        effects=len(table.effects),
        doubts=len(table.doubts),
        studies=len(knowledge.studies),
    )
    click.echo(sentence)
    click.echo(f"{target.name}: {len(data):,} bytes, sha256 {hashlib.sha256(data).hexdigest()}")


@evidence_group.command(
    "show", epilog="Example:  anmin evidence show magnesium --outcome sleep_onset_latency --svg forest.svg"
)
@click.argument("name")
@click.option("--outcome", metavar="ID", help="Only this outcome, for example sleep_onset_latency.")
@click.option(
    "--svg", type=click.Path(dir_okay=False, path_type=Path), help="Write the forest plot of the first outcome shown."
)
@click.option(
    "--funnel",
    "funnel_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the funnel plot of the first outcome with three studies or more.",
)
@lang_option
@json_option
def show_command(
    name: str, outcome: str | None, svg: Path | None, funnel_file: Path | None, lang: Lang, as_json: bool
) -> None:
    """One component or one study: sizes, people, certainty with its reasons, doubts, plots, plans that use it."""
    from anmin.evidence.forest import forest
    from anmin.evidence.shipped import read
    from anmin.knowledge.load import load
    from anmin.report.evidence import component_page, study_page

    knowledge = load()
    if name in knowledge.studies:
        for option, given in (("--outcome", outcome), ("--svg", svg), ("--funnel", funnel_file)):
            if given is not None:
                raise InputError(option, str(given), "with a component, not with one study")
        if as_json:
            print_json(knowledge.studies[name])
        else:
            click.echo(study_page(knowledge.studies[name], knowledge, lang), nl=False)
        return
    component = find_component(name, knowledge)
    found = [effect for effect in read(knowledge) if effect.component == component]
    found = _only(found, outcome)
    if svg is not None:
        _write_forest(svg, component, found, knowledge, lang)
    if funnel_file is not None:
        _write_funnel(funnel_file, found, knowledge, lang)
    if as_json:
        from anmin.evidence.reading import summary
        from anmin.report.uses import uses

        forests = [forest(effect, knowledge) for effect in found]
        bayes = [each for effect in found if (each := summary(effect, knowledge)) is not None]
        print_json(
            {
                "component": component,
                "effects": found,
                "forests": forests,
                "bayes": bayes,
                "used_in": uses(component, knowledge),
            }
        )
    else:
        click.echo(component_page(component, found, knowledge, lang), nl=False)


def _write_forest(target: Path, component: str, found: list[Effect], knowledge: Knowledge, lang: Lang) -> None:
    from anmin.evidence.forest import forest
    from anmin.report.forest import forest_chart
    from anmin.report.svg import svg

    if not found:
        raise InputError("--svg", component, "a component that studies measured")
    first = next((effect for effect in found if effect.gain is not None), found[0])
    chart = forest_chart(forest(first, knowledge), first.text.get(lang), knowledge, lang)
    write_whole(str(target), svg(chart).encode())


def _write_funnel(target: Path, found: list[Effect], knowledge: Knowledge, lang: Lang) -> None:
    from anmin.evidence.forest import forest
    from anmin.report.funnel import funnel, points, verdict
    from anmin.report.svg import svg

    drawn = [forest(effect, knowledge) for effect in found]
    charts = [chart for each in drawn if (chart := funnel(each, knowledge, lang)) is not None]
    if not charts:
        most = max((points(each) for each in drawn), key=len, default=())
        raise InputError("--funnel", str(target), "a component with enough studies", verdict(most, knowledge, lang))
    write_whole(str(target), svg(charts[0]).encode())


@evidence_group.command("doubt", epilog="Example:  anmin evidence doubt --all")
@click.option("--all", "recorded", is_flag=True, help="Also what was noted while reading.")
@lang_option
@json_option
def doubt_command(recorded: bool, lang: Lang, as_json: bool) -> None:
    """Recompute what the papers print and list where they contradict themselves."""
    from anmin.evidence.doubt import verdicts
    from anmin.knowledge.load import load
    from anmin.report.evidence import doubt_page

    knowledge = load()
    found = tuple(verdicts(knowledge))
    if as_json:
        wrong = [verdict for verdict in found if not verdict.ok]
        named = {verdict.study for verdict in wrong}
        clean = sorted({verdict.study for verdict in found} - named)
        print_json({"figures": len(found), "doubts": wrong, "clean": clean})
    else:
        click.echo(doubt_page(found, recorded, knowledge, lang), nl=False)


@evidence_group.command("add", epilog="Example:  anmin evidence add my-study.yaml")
@click.argument("file", type=click.Path(path_type=Path))
@lang_option
@json_option
def add_command(file: Path, lang: Lang, as_json: bool) -> None:
    """Try a new study on: validate FILE and show what it would change. Nothing is written."""
    from anmin.evidence.proposal import propose, read_studies
    from anmin.knowledge.load import load
    from anmin.report.evidence import proposal_page

    knowledge = load()
    found = propose(read_studies(file, knowledge), knowledge)
    if as_json:
        print_json(found)
    else:
        click.echo(proposal_page(found, knowledge, lang), nl=False)


def find_component(typed: str, knowledge: Knowledge) -> str:
    """The component of a typed name in any language; :class:`UnknownId` with what there is."""
    from anmin.evidence.shipped import index
    from anmin.knowledge.fold import fold

    with_effects = sorted({component for component, _ in index(knowledge)})
    wanted = fold(typed)
    for component in dict.fromkeys([*with_effects, *knowledge.substances]):
        names = [component]
        known = knowledge.substances.get(component)
        if known is not None:
            names += [known.name.en, known.name.zh_hant, known.name.ja, *known.aliases]
        message = knowledge.messages.get(f"evidence.name.{component}")
        if message is not None:
            names += [message.text.en, message.text.zh_hant, message.text.ja]
        if wanted and wanted in {fold(name) for name in names}:
            return component
    raise UnknownId("NAME", typed, f"{', '.join(with_effects)}, or the id of a study")


def _only(found: list[Effect], outcome: str | None) -> list[Effect]:
    if outcome is None:
        return found
    chosen = [effect for effect in found if effect.outcome == outcome]
    if not chosen:
        raise UnknownId("--outcome", outcome, ", ".join(effect.outcome for effect in found))
    return chosen
