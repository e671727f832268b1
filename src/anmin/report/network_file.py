"""A person's own network as lines for a terminal: estimates against one treatment, agreement, components."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from anmin.evidence.component_network import ComponentNetwork
from anmin.evidence.network import Difference, Heterogeneity, Network, Split
from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang
from anmin.report.wrap import cells, wrap

_WIDTH = 88
_ODD = 0.05
"""Below this p, direct and indirect evidence are named as differing; the message says so."""


class OwnNetwork(msgspec.Struct, frozen=True, kw_only=True):
    """What is computed from one file. ``components`` only where asked for; ``network`` only where it is connected."""

    reference: str
    network: Network | None
    p_scores: dict[str, float]
    splits: tuple[Split, ...]
    components: ComponentNetwork | None


def own_lines(found: OwnNetwork, knowledge: Knowledge, lang: Lang) -> Iterator[str]:
    """The answer first, wrapped to 88 cells."""

    def say(message: str, **params: str) -> str:
        return knowledge.say(f"evidence.network.file.{message}", lang, **params)

    if (network := found.network) is not None:
        head = say(
            "head", treatments=str(len(network.treatments)), studies=str(network.studies),
            comparisons=str(network.comparisons), tau2=f"{network.tau2:.4g}",
            i2="–" if network.i2 is None else f"{network.i2:.0f}",
        )  # fmt: skip
        yield from wrap(_best(found, network, knowledge, lang), _WIDTH)
        yield from wrap(head, _WIDTH)
        within, between = _test(network.within, "within"), _test(network.between, "between")
        yield from wrap(say("designs", **within, **between), _WIDTH)
        yield from ["", say("against", reference=found.reference)]
        names = [name for name in found.p_scores if name != found.reference]
        differences = [network.difference(name, found.reference) for name in names]
        yield from _table(differences, [f"{say('score')} {found.p_scores[name]:.2f}" for name in names])
        yield from ["", *wrap(say("scores"), _WIDTH)]
        odd = [f"{part.treatment} : {part.other} (p = {part.p:.2g})" for part in found.splits if _differs(part)]
        yield from wrap(say("split", pairs=", ".join(odd)) if odd else say("agree"), _WIDTH)
    if (components := found.components) is not None:
        parts, surplus = components.parts, components.surplus
        yield from [""] if found.network is not None else []
        yield from wrap(say("parts", parts=str(len(parts)), tau2=f"{components.tau2:.4g}"), _WIDTH)
        yield from _table([part.effect for part in parts if part.effect is not None])
        yield from (f"  {part.name}  {say('open')}" for part in parts if part.effect is None)
        tested = say("adds", **_test(surplus, "")) if surplus.df > 0 else say("untested")
        yield from wrap(tested, _WIDTH)


def _best(found: OwnNetwork, network: Network, knowledge: Knowledge, lang: Lang) -> str:
    """Which treatment has the best P-score, and how it does against the reference."""
    best, score = max(found.p_scores.items(), key=lambda item: item[1])
    more = {"reference": found.reference, "count": str(len(network.treatments)), "score": f"{score:.2f}"}
    if best == found.reference:
        return knowledge.say("evidence.network.file.best_reference", lang, **more)
    shown = network.difference(best, found.reference)
    figures = {name: f"{getattr(shown, name):.3g}" for name in ("effect", "low", "high")}
    return knowledge.say("evidence.network.file.best", lang, best=best, **more, **figures)


def _differs(part: Split) -> bool:
    return part.p is not None and part.p < _ODD


def _test(of: Heterogeneity, name: str) -> dict[str, str]:
    lead = f"{name}_" if name else ""
    return {name or "q": f"{of.q:.2f}", f"{lead}df": str(of.df), f"{lead}p": f"{of.p:.2g}"}


def _table(differences: Sequence[Difference], beside: Sequence[str] = ()) -> Iterator[str]:
    wide = max((cells(each.treatment) for each in differences), default=0)
    for row, each in enumerate(differences):
        figures = f"{each.effect:8.3g} ({each.low:.3g}, {each.high:.3g})"
        name = each.treatment + " " * (wide - cells(each.treatment))
        yield f"  {name}  {figures:<30} {beside[row] if beside else ''}".rstrip()
