"""``anmin evidence network``: does a blend beat its parts? And the same models for a person's own comparisons."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from anmin.cli.options import json_option, lang_option, print_json
from anmin.errors import InputError
from anmin.knowledge.model import Lang

if TYPE_CHECKING:
    from anmin.report.network_file import OwnNetwork


@click.command(
    "network",
    epilog="""\b
Examples:
  anmin evidence network                                       what the studies here can say
  anmin evidence network trials.csv --reference placebo        a network of your own
  anmin evidence network trials.csv --reference placebo --components --method DL
The file: study,treatment,other,effect,se – one printed difference (treatment less other) a
line, all pairs of a study with several arms. With --components, names like A+B are blends.""",
)
@click.argument("file", required=False, type=click.Path(path_type=Path), metavar="[FILE.csv]")
@click.option("--reference", metavar="NAME", help="What everything is compared with; the inactive one of components.")
@click.option("--components", is_flag=True, help="Blends (A+B) as sums of their parts, also across separate networks.")
@click.option("--better", type=click.Choice(["lower", "higher"]), default="lower", show_default=True,
              help="Which way of the effect is better, for P-scores.")  # fmt: skip
@click.option("--method", type=click.Choice(["REML", "DL", "ML", "EE"]), default="REML", show_default=True,
              help="How differences between studies are estimated.")  # fmt: skip
@lang_option
@json_option
def network_command(
    file: Path | None,
    reference: str | None,
    components: bool,
    better: Literal["lower", "higher"],
    method: Literal["REML", "DL", "ML", "EE"],
    lang: Lang,
    as_json: bool,
) -> None:
    """Does a blend beat its parts? Network and component models of what the studies print, and what is missing."""
    from anmin.knowledge.load import load

    knowledge = load()
    if file is None:
        if reference is not None or components:
            raise InputError("FILE.csv", None, "a file of comparisons, with --reference or --components")
        from anmin.evidence.blends import answer
        from anmin.report.network import answer_lines

        found = answer(knowledge)
        lines = answer_lines(found, knowledge, lang)
        print_json(found) if as_json else click.echo("\n".join(lines))
        return
    from anmin.report.network_file import own_lines

    own = _own(file, reference, components, better, method)
    print_json(own) if as_json else click.echo("\n".join(own_lines(own, knowledge, lang)))


def _own(
    file: Path,
    reference: str | None,
    components: bool,
    better: Literal["lower", "higher"],
    method: Literal["REML", "DL", "ML", "EE"],
) -> OwnNetwork:
    from anmin.evidence import component_network, network
    from anmin.evidence.contrasts import blocks
    from anmin.evidence.network_file import read_comparisons
    from anmin.report.network_file import OwnNetwork

    comparisons = read_comparisons(file)
    data = blocks(comparisons)
    names = network.treatments_of(data)
    if reference is None or reference not in names:
        raise InputError("--reference", reference, ", ".join(names))
    joined = len(network.connected(data)) == 1
    fitted = network.fit_blocks(data, method) if joined or not components else None
    return OwnNetwork(
        reference=reference,
        network=fitted,
        p_scores=network.p_scores(fitted, better) if fitted is not None else {},
        splits=network.split(comparisons, method) if fitted is not None else (),
        components=component_network.fit(comparisons, inactive=reference, method=method) if components else None,
    )
