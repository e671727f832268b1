"""What the body does about its temperatures in one step, and what it exchanges with air and water (JOS-3).

Every function works on one place of the workspace: ``w[row + i, lane]``. With an integer ``lane`` the compiled kernel
loops over lanes; with ``slice(None)`` NumPy works on all of them. So both are the same formulas, and agree to rounding.
Nothing may be read from ``w`` after it was written in the same function: in NumPy what was read is a view.
"""

from __future__ import annotations

from typing import Any

from anmin.body.bath import rows as r

CORE, SKIN, FILM = r.CORE, r.SKIN, r.FILM


def positive(x: Any) -> Any:
    """``x`` where it is above zero, else zero."""
    return 0.5 * (x + abs(x))


def lesser(x: Any, y: Any) -> Any:
    """The smaller of two."""
    return x - 0.5 * ((x - y) + abs(x - y))


def exp_small(x: Any) -> Any:
    """e to the ``x`` for ``|x|`` below 1, to 1e-13: a polynomial, because a compiler can run it on many lanes."""
    y = 1.0 + x * (1.0 / 14.0)
    y = 1.0 + x * y * (1.0 / 13.0)
    y = 1.0 + x * y * (1.0 / 12.0)
    y = 1.0 + x * y * (1.0 / 11.0)
    y = 1.0 + x * y * (1.0 / 10.0)
    y = 1.0 + x * y * (1.0 / 9.0)
    y = 1.0 + x * y * (1.0 / 8.0)
    y = 1.0 + x * y * (1.0 / 7.0)
    y = 1.0 + x * y * (1.0 / 6.0)
    y = 1.0 + x * y * (1.0 / 5.0)
    y = 1.0 + x * y * (1.0 / 4.0)
    y = 1.0 + x * y * (1.0 / 3.0)
    y = 1.0 + x * y * (1.0 / 2.0)
    return 1.0 + x * y


def exp_wide(x: Any) -> Any:
    """e to the ``x`` for ``|x|`` below 8."""
    y = exp_small(x * 0.125)
    y = y * y
    y = y * y
    return y * y


def convection(w: Any, i: int, lane: Any) -> None:
    """The convective coefficient before it is scaled to the mean of the whole body; only lying it hangs on the skin."""
    w[r.HC + i, lane] = w[r.HC_SCALE + i, lane] * abs(w[r.AIR + i, lane] - w[SKIN + i, lane]) ** w[r.HC_POWER + i, lane]
    w[r.HC_SUM, lane] += w[r.SHARE + i, lane] * w[r.HC + i, lane]


def surroundings(w: Any, i: int, lane: Any) -> None:
    """Conductances from skin to air and water. Under water nothing evaporates and nothing is radiated."""
    hc = w[r.HC + i, lane] * w[r.HC_MEAN, lane] / w[r.HC_SUM, lane]
    hr = w[r.HR + i, lane]
    area, wet = w[r.AREA + i, lane], w[r.WET_SHARE + i, lane]
    air = area * (1.0 - wet) / (1.0 / ((hc + hr) * w[r.CLO_AREA + i, lane]) + w[r.CLO_DRY + i, lane])
    room = (hc * w[r.AIR + i, lane] + hr * w[r.RADIANT + i, lane]) / (hc + hr)
    water = area * wet * w[r.WATER_H, lane] * w[r.STIR + i, lane]
    w[r.TO_ROOM + i, lane] = air + water
    w[r.TO_ROOM_HEAT + i, lane] = air * room + water * w[r.WATER + i, lane]
    vapour = 1.0 / (w[r.LEWIS, lane] * hc * w[r.CLO_AREA + i, lane]) + w[r.CLO_WET + i, lane]
    w[r.WORK_NOW + i, lane] = w[r.WORK + i, lane] * w[r.ACTIVITY, lane]
    w[r.TO_ROOM_VAPOUR + i, lane] = area * (1.0 - wet) * w[r.EVAPORATION + i, lane] / vapour


def clear(w: Any, lane: Any) -> None:
    """Move the clock one step, and start the sums anew."""
    c, s = w[r.HOUR_COS, lane], w[r.HOUR_SIN, lane]
    turned = c * w[r.TURN_COS, lane] - s * w[r.TURN_SIN, lane]
    w[r.HOUR_SIN, lane] = s * w[r.TURN_COS, lane] + c * w[r.TURN_SIN, lane]
    w[r.HOUR_COS, lane] = turned  # only now: in NumPy c is a view of this row
    w[r.SHIFT, lane] = w[r.CIRCADIAN, lane] * (w[r.HOUR_COS, lane] - w[r.HOUR_START, lane]) + w[r.LOWERED, lane]
    w[r.WARM_LESS_COLD, lane] = 0.0
    w[r.COLD, lane] = 0.0
    w[r.MEAN_SKIN_ERR, lane] = 0.0
    w[r.MEAN_CORE_ERR, lane] = 0.0
    w[r.SKIN_FLOW, lane] = 0.0
    w[r.HEAT_MADE, lane] = 0.0
    w[r.HEAT_WET, lane] = 0.0
    w[r.HEAT_DRY, lane] = 0.0
    w[r.OUTPUT, lane] = 0.0


def sense(w: Any, i: int, lane: Any) -> None:
    """How far core and skin are from their set-points, and what the receptors make of it."""
    core = w[r.ACTIVE, lane] * (w[CORE + i, lane] - w[r.SET_CORE + i, lane] - w[r.SHIFT, lane])
    skin = w[r.ACTIVE, lane] * (w[SKIN + i, lane] - w[r.SET_SKIN + i, lane])
    w[r.ERR_CORE + i, lane] = core
    w[r.ERR_SKIN + i, lane] = skin
    w[r.WARM_LESS_COLD, lane] += w[r.RECEPTOR + i, lane] * skin
    w[r.COLD, lane] += w[r.RECEPTOR + i, lane] * positive(-skin)
    w[r.MEAN_SKIN_ERR, lane] += w[r.SHARE + i, lane] * skin
    w[r.MEAN_CORE_ERR, lane] += w[r.CORE_WEIGHT + i, lane] * core


def command(w: Any, lane: Any) -> None:
    """The signals for dilation, constriction, sweat and shivering, and how far the hands' and feet's shunts open."""
    head, skin = w[r.ERR_CORE, lane], w[r.WARM_LESS_COLD, lane]
    w[r.DILATE, lane] = positive(w[r.DILATE_CORE, lane] * head + w[r.DILATE_SKIN, lane] * skin)
    w[r.STRICT, lane] = positive(-w[r.CONSTRICT, lane] * (head + skin))
    w[r.SWEATING, lane] = positive(w[r.SWEAT_CORE, lane] * head + w[r.SWEAT_SKIN, lane] * skin)
    w[r.SHIVERING, lane] = positive(-w[r.SHIVER_GAIN, lane] * w[r.COLD, lane] * head)
    w[r.NONSHIVERING, lane] = lesser(w[r.NONSHIVER_GAIN, lane] * w[r.COLD, lane], w[r.NONSHIVER_LIMIT, lane])
    open_0 = w[r.AVA_SKIN, lane] * w[r.MEAN_SKIN_ERR, lane] + w[r.AVA_CORE, lane] * w[r.MEAN_CORE_ERR, lane]
    hand = 1.0 - positive(1.0 - positive(open_0 + w[r.AVA_HAND_0, lane]))
    foot = 1.0 - positive(1.0 - positive(open_0 + w[r.AVA_FOOT_0, lane]))
    w[r.FLOW_HAND, lane] = w[r.ACTIVE, lane] * w[r.AVA_HAND, lane] * hand
    w[r.FLOW_FOOT, lane] = w[r.ACTIVE, lane] * w[r.AVA_FOOT, lane] * foot


def spread(w: Any, i: int, lane: Any) -> None:
    """Hand the signals to a segment."""
    w[r.SAY_DILATE + i, lane] = w[r.DILATE, lane]
    w[r.SAY_STRICT + i, lane] = w[r.STRICT, lane]
    w[r.SAY_SWEAT + i, lane] = w[r.SWEATING, lane]
    w[r.SAY_SHIVER + i, lane] = w[r.SHIVERING, lane]
    w[r.SAY_COLD + i, lane] = w[r.NONSHIVERING, lane]


def perfuse(w: Any, i: int, lane: Any) -> None:
    """The skin's blood flow (L/h) and the sweat (W); the local skin temperature acts on both."""
    local = exp_small(
        w[r.ERR_SKIN + i, lane] * 0.023104906018664842
    )  # 2^(x/30); its cube is 2^(x/10), its fifth 2^(x/6)
    cube = local * local * local
    open_ = (
        (1.0 + w[r.DILATION + i, lane] * w[r.SAY_DILATE + i, lane]) * w[r.FLOW_SKIN + i, lane] * cube * local * local
    )
    w[r.NOW_SKIN + i, lane] = open_ / (1.0 + w[r.CONSTRICTION + i, lane] * w[r.SAY_STRICT + i, lane])
    w[r.WET + i, lane] = w[r.SWEAT + i, lane] * w[r.SAY_SWEAT + i, lane] * cube


def evaporate(w: Any, i: int, lane: Any, vapour: Any, base: float, film_w: float) -> None:
    """Heat lost by evaporation (W): diffusion and sweat, then what water there is on the skin, up to the most.

    ``vapour``: the three constants of Antoine; ``base``: skin wet without sweat; ``film_w``: W per g of water.
    """
    saturated = exp_wide(vapour[0] - vapour[1] / (w[SKIN + i, lane] + vapour[2]))
    most = positive(saturated - w[r.VAPOUR + i, lane]) * w[r.TO_ROOM_VAPOUR + i, lane]
    own = lesser(base * most + (1.0 - base) * w[r.WET + i, lane], most)
    film = lesser(w[FILM + i, lane] * film_w, most - own)
    w[FILM + i, lane] = positive(w[FILM + i, lane] - film / film_w)
    w[r.WET + i, lane] = own + film


def produce(w: Any, i: int, lane: Any, blood: float, work_flow: float) -> None:
    """Heat made in each layer (W), less what evaporates, and the flows that follow from work and cold (W/K)."""
    muscle = w[r.HAS_MUSCLE + i, lane]
    effort = w[r.WORK_NOW + i, lane] + w[r.SHIVER + i, lane] * w[r.SAY_SHIVER + i, lane]
    cold = w[r.NONSHIVER + i, lane] * w[r.SAY_COLD + i, lane]
    core = w[r.HEAT_CORE + i, lane] + (1.0 - muscle) * effort + cold
    in_muscle = w[r.HEAT_MUSCLE + i, lane] + muscle * effort
    w[r.GAIN_CORE + i, lane] = core
    w[r.GAIN_MUSCLE + i, lane] = in_muscle
    w[r.GAIN_SKIN + i, lane] = w[r.HEAT_SKIN + i, lane] - w[r.WET + i, lane]
    w[r.MADE + i, lane] = core + in_muscle + w[r.HEAT_FAT + i, lane] + w[r.HEAT_SKIN + i, lane]
    w[r.NOW_CORE + i, lane] = blood * (w[r.FLOW_CORE + i, lane] + (1.0 - muscle) * effort / work_flow)
    w[r.NOW_MUSCLE + i, lane] = blood * (w[r.FLOW_MUSCLE + i, lane] + muscle * effort / work_flow)
    w[r.NOW_FAT + i, lane] = blood * w[r.FLOW_FAT + i, lane]
    w[r.SUM_VEIN + i, lane] = 0.0
    w[r.SUM_VEIN_0 + i, lane] = 0.0
    w[r.SUM_VEIN_1 + i, lane] = 0.0
    w[r.SUM_SUP + i, lane] = 0.0
    w[r.SUM_SUP_0 + i, lane] = 0.0
    w[r.SUM_SUP_1 + i, lane] = 0.0


def gather(w: Any, i: int, lane: Any) -> None:
    """Sums over the body: skin blood flow, heat made, heat evaporated."""
    w[r.SKIN_FLOW, lane] += w[r.NOW_SKIN + i, lane]
    w[r.HEAT_MADE, lane] += w[r.MADE + i, lane]
    w[r.HEAT_WET, lane] += w[r.WET + i, lane]


def breathe(w: Any, lane: Any) -> None:
    """Breath cools the chest; the skin's blood flow is held below what the heart can give; the shunts' flow."""
    made = w[r.HEAT_MADE, lane]
    breath = w[r.BREATH_DRY, lane] * made * (w[r.BREATH_DRY_T, lane] - w[r.AIR, lane])
    breath += w[r.BREATH_WET, lane] * made * (w[r.BREATH_WET_P, lane] - w[r.VAPOUR, lane])
    w[r.HEAT_BREATH, lane] = breath
    w[r.GAIN_CORE + 2, lane] -= breath
    w[r.FLOW_SCALE, lane] = (
        w[r.BLOOD_HEAT, lane] * lesser(w[r.SKIN_FLOW, lane], w[r.FLOW_LIMIT, lane]) / w[r.SKIN_FLOW, lane]
    )
    hand, foot = w[r.BLOOD_HEAT, lane] * w[r.FLOW_HAND, lane], w[r.BLOOD_HEAT, lane] * w[r.FLOW_FOOT, lane]
    w[r.SUM_SUP + 7, lane] = hand
    w[r.SUM_SUP_1 + 7, lane] = hand
    w[r.SUM_SUP + 10, lane] = hand
    w[r.SUM_SUP_1 + 10, lane] = hand
    w[r.SUM_SUP + 13, lane] = foot
    w[r.SUM_SUP_1 + 13, lane] = foot
    w[r.SUM_SUP + 16, lane] = foot
    w[r.SUM_SUP_1 + 16, lane] = foot
    w[r.SUM_0, lane] = 0.0
    w[r.SUM_1, lane] = 0.0
    w[r.SUM_F, lane] = 0.0


def limit_flow(w: Any, i: int, lane: Any) -> None:
    """The skin's blood flow in W/K, below the limit of the whole skin."""
    w[r.NOW_SKIN + i, lane] = w[r.NOW_SKIN + i, lane] * w[r.FLOW_SCALE, lane]


FORMULAS = (
    positive, lesser, exp_small, exp_wide, convection, surroundings, clear, sense, command, spread, perfuse, evaporate,
    produce, gather, breathe, limit_flow,
)  # fmt: skip
