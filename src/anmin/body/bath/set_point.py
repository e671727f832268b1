"""The set-points of a body: its temperatures when, naked and passive, it is neither warm nor cold (JOS-3)."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp

from anmin.body.bath.body import basal_w, surface_m2
from anmin.body.bath.model import Body, Phase
from anmin.knowledge.load import Knowledge


def neutral_phases(bodies: Sequence[Body], knowledge: Knowledge) -> list[Phase]:
    """For each body the room in which its predicted mean vote is zero."""
    c = knowledge.equations["jos3-set-point"].coefficients
    made = []
    for body in bodies:
        room = neutral_c(basal_w(body, knowledge) * c["activity"] / surface_m2(body, knowledge), knowledge)
        made.append(
            Phase(
                minutes=0, air_c=room, humidity=c["humidity"], air_speed=c["air_speed"], posture="standing",
                activity=c["activity"],
            )
        )  # fmt: skip
    return made


def neutral_c(heat: float, knowledge: Knowledge) -> float:
    """The temperature (°C) at which a naked body that makes ``heat`` W/m² votes zero, found as JOS-3 finds it."""
    c = knowledge.equations["jos3-set-point"].coefficients
    room = c["first"]
    for _ in range(100):
        vote = predicted_mean_vote(room, heat, knowledge)
        if abs(vote) < c["close"]:
            break
        room -= vote / c["gain"]
    return room


def predicted_mean_vote(room: float, heat: float, knowledge: Knowledge) -> float:
    """Fanger's vote of a naked body in still air at 50 % humidity, ``heat`` in W/m², air and walls at ``room`` °C."""
    c = knowledge.equations["fanger-pmv"].coefficients
    x = knowledge.equations["jos3-exchange"].coefficients
    start = knowledge.equations["jos3-set-point"].coefficients
    vapour = exp(x["antoine_a"] - x["antoine_b"] / (room + x["antoine_c"])) * start["humidity"] / 100
    convection = c["forced"] * start["air_speed"] ** 0.5
    surface = c["skin_base"] - c["skin_met"] * heat  # no clothes: JOS-3's iteration only halves the way to this
    now = (c["start"] + room) / 2
    for _ in range(100):
        now = (surface + now) / 2
        if abs(surface - now) < c["close"]:
            break
    kelvin = c["kelvin"]
    loss = c["radiation"] * ((now + kelvin) ** 4 - (room + kelvin) ** 4) + convection * (now - room)
    loss += c["diffusion"] * (c["diffusion_base"] - c["diffusion_met"] * heat - vapour)
    loss += max(0.0, c["sweat"] * (heat - c["sweat_from"]))
    loss += x["breath_wet"] * heat * (x["breath_wet_p"] - vapour)
    loss += x["breath_dry"] * heat * (x["breath_dry_t"] - room)
    return float((c["scale"] * exp(c["scale_exp"] * heat) + c["scale_base"]) * (heat - loss))
