"""One time step of the heat balance, written once for two ways of running it.

Every function works on one place of the workspace: ``w[row + i, lane]``. With an integer ``lane`` the compiled kernel
loops over lanes; with ``slice(None)`` NumPy works on all of them. So both are the same formulas, and agree to rounding.

The blood vessels form a tree. A segment's equations hold only one temperature from nearer the heart, its artery's
inflow, so each segment is solved as ``x = x0 + x1 · inflow`` from the finger tips inward, the pool of central blood
closes the system, and the way back outward gives every temperature: the implicit Euler step of JOS-3 without a matrix.
Numba's cache looks at this file's date only: touch it after changing :mod:`~anmin.body.bath.rows`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from anmin.body.bath import rows as r

known_shape: Any = None
"""A place for the compiler's own; see :mod:`~anmin.body.bath.kernel_numba`."""

N = r.N
ROWS, LANES = r.ROWS, r.LANES

SKIN, CORE, VEIN, ARTERY, SUPERFICIAL, MUSCLE, FAT, FILM = (
    r.SKIN, r.CORE, r.VEIN, r.ARTERY, r.SUPERFICIAL, r.MUSCLE, r.FAT, r.FILM,
)  # fmt: skip


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


def solve_limb(w: Any, i: int, lane: Any, p: float) -> None:
    """Superficial vein, skin, core, vein and artery of a segment without muscle layer, as lines in its inflow."""
    to_core, to_skin = w[r.NOW_CORE + i, lane], w[r.NOW_SKIN + i, lane]
    out_vein = to_core + to_skin + w[r.SUM_VEIN + i, lane]
    out_sup = w[r.SUM_SUP + i, lane]
    inflow = out_vein + out_sup
    ck, vc, sk, av = (
        w[r.CORE_SKIN + i, lane],
        w[r.VESSEL_CORE + i, lane],
        w[r.VEIN_SKIN + i, lane],
        w[r.ARTERY_VEIN + i, lane],
    )
    own = w[r.CAP_SUPERFICIAL + i, lane] * p
    d = 1.0 / (own + out_sup + sk)
    s_0 = d * (own * w[SUPERFICIAL + i, lane] + w[r.SUM_SUP_0 + i, lane])
    s_a = d * w[r.SUM_SUP_1 + i, lane]
    s_k = d * sk
    own = w[r.CAP_SKIN + i, lane] * p
    d = 1.0 / (own + to_skin + ck + sk + w[r.TO_ROOM + i, lane] - sk * s_k)
    k_0 = d * (own * w[SKIN + i, lane] + w[r.GAIN_SKIN + i, lane] + w[r.TO_ROOM_HEAT + i, lane] + sk * s_0)
    k_a = d * (to_skin + sk * s_a)
    k_c = d * ck
    own = w[r.CAP_CORE + i, lane] * p
    d = 1.0 / (own + to_core + 2.0 * vc + ck - ck * k_c)
    c_0 = d * (own * w[CORE + i, lane] + w[r.GAIN_CORE + i, lane] + ck * k_0)
    c_a = d * (to_core + vc + ck * k_a)
    c_v = d * vc
    kk_0, kk_a, kk_v = k_0 + k_c * c_0, k_a + k_c * c_a, k_c * c_v
    own = w[r.CAP_VEIN + i, lane] * p
    d = 1.0 / (own + out_vein + av + vc - (to_core + vc) * c_v - to_skin * kk_v)
    v_0 = d * (own * w[VEIN + i, lane] + w[r.SUM_VEIN_0 + i, lane] + (to_core + vc) * c_0 + to_skin * kk_0)
    v_a = d * (av + w[r.SUM_VEIN_1 + i, lane] + (to_core + vc) * c_a + to_skin * kk_a)
    own = w[r.CAP_ARTERY + i, lane] * p
    d = 1.0 / (own + inflow + av + vc - (av + vc * c_v) * v_a - vc * c_a)
    a_0 = d * (own * w[ARTERY + i, lane] + (av + vc * c_v) * v_0 + vc * c_0)
    a_1 = d * inflow
    kv_0, kv_a = kk_0 + kk_v * v_0, kk_a + kk_v * v_a
    w[r.OUT_VEIN + i, lane] = out_vein
    w[r.OUT_SUPERFICIAL + i, lane] = out_sup
    w[r.UP_VEIN_0 + i, lane] = out_vein * (v_0 + v_a * a_0)
    w[r.UP_VEIN_1 + i, lane] = out_vein * v_a * a_1
    w[r.UP_SUP_0 + i, lane] = out_sup * (s_0 + s_k * kv_0 + (s_a + s_k * kv_a) * a_0)
    w[r.UP_SUP_1 + i, lane] = out_sup * (s_a + s_k * kv_a) * a_1
    w[r.A_0 + i, lane] = a_0
    w[r.A_1 + i, lane] = a_1
    w[r.V_0 + i, lane] = v_0
    w[r.V_A + i, lane] = v_a
    w[r.C_0 + i, lane] = c_0
    w[r.C_A + i, lane] = c_a
    w[r.C_V + i, lane] = c_v
    w[r.K_0 + i, lane] = k_0
    w[r.K_A + i, lane] = k_a
    w[r.K_C + i, lane] = k_c
    w[r.S_0 + i, lane] = s_0
    w[r.S_A + i, lane] = s_a
    w[r.S_K + i, lane] = s_k


def solve_layered(w: Any, i: int, lane: Any, p: float) -> None:
    """Head and pelvis: skin, fat, muscle, core, vein and artery as lines in the inflow."""
    to_core, to_skin = w[r.NOW_CORE + i, lane], w[r.NOW_SKIN + i, lane]
    to_muscle, to_fat = w[r.NOW_MUSCLE + i, lane], w[r.NOW_FAT + i, lane]
    out_vein = to_core + to_skin + to_muscle + to_fat + w[r.SUM_VEIN + i, lane]
    cm, mf, fk = w[r.CORE_MUSCLE + i, lane], w[r.MUSCLE_FAT + i, lane], w[r.FAT_SKIN + i, lane]
    own = w[r.CAP_SKIN + i, lane] * p
    d = 1.0 / (own + to_skin + fk + w[r.TO_ROOM + i, lane])
    k_0 = d * (own * w[SKIN + i, lane] + w[r.GAIN_SKIN + i, lane] + w[r.TO_ROOM_HEAT + i, lane])
    k_a = d * to_skin
    k_f = d * fk
    own = w[r.CAP_FAT + i, lane] * p
    d = 1.0 / (own + to_fat + mf + fk - fk * k_f)
    f_0 = d * (own * w[FAT + i, lane] + w[r.HEAT_FAT + i, lane] + fk * k_0)
    f_a = d * (to_fat + fk * k_a)
    f_m = d * mf
    own = w[r.CAP_MUSCLE + i, lane] * p
    d = 1.0 / (own + to_muscle + cm + mf - mf * f_m)
    m_0 = d * (own * w[MUSCLE + i, lane] + w[r.GAIN_MUSCLE + i, lane] + mf * f_0)
    m_a = d * (to_muscle + mf * f_a)
    m_c = d * cm
    own = w[r.CAP_CORE + i, lane] * p
    d = 1.0 / (own + to_core + cm - cm * m_c)
    c_0 = d * (own * w[CORE + i, lane] + w[r.GAIN_CORE + i, lane] + cm * m_0)
    c_a = d * (to_core + cm * m_a)
    m_0, m_a = m_0 + m_c * c_0, m_a + m_c * c_a
    f_0, f_a = f_0 + f_m * m_0, f_a + f_m * m_a
    k_0, k_a = k_0 + k_f * f_0, k_a + k_f * f_a
    own = w[r.CAP_VEIN + i, lane] * p
    d = 1.0 / (own + out_vein)
    v_0 = d * (own * w[VEIN + i, lane] + w[r.SUM_VEIN_0 + i, lane])
    v_0 += d * (to_core * c_0 + to_muscle * m_0 + to_fat * f_0 + to_skin * k_0)
    v_a = d * (w[r.SUM_VEIN_1 + i, lane] + to_core * c_a + to_muscle * m_a + to_fat * f_a + to_skin * k_a)
    own = w[r.CAP_ARTERY + i, lane] * p
    d = 1.0 / (own + out_vein)
    a_0 = d * own * w[ARTERY + i, lane]
    a_1 = d * out_vein
    w[r.OUT_VEIN + i, lane] = out_vein
    w[r.UP_VEIN_0 + i, lane] = out_vein * (v_0 + v_a * a_0)
    w[r.UP_VEIN_1 + i, lane] = out_vein * v_a * a_1
    w[r.A_0 + i, lane] = a_0
    w[r.A_1 + i, lane] = a_1
    w[r.V_0 + i, lane] = v_0
    w[r.V_A + i, lane] = v_a
    w[r.C_0 + i, lane] = c_0
    w[r.C_A + i, lane] = c_a
    w[r.M_0 + i, lane] = m_0
    w[r.M_A + i, lane] = m_a
    w[r.F_0 + i, lane] = f_0
    w[r.F_A + i, lane] = f_a
    w[r.K_0 + i, lane] = k_0
    w[r.K_A + i, lane] = k_a


def join_vein(w: Any, i: int, parent: int, lane: Any) -> None:
    """What a segment's vein gives to the vein nearer the heart."""
    w[r.SUM_VEIN + parent, lane] += w[r.OUT_VEIN + i, lane]
    w[r.SUM_VEIN_0 + parent, lane] += w[r.UP_VEIN_0 + i, lane]
    w[r.SUM_VEIN_1 + parent, lane] += w[r.UP_VEIN_1 + i, lane]


def join_superficial(w: Any, i: int, parent: int, lane: Any) -> None:
    """What a segment's superficial vein gives to the next one."""
    w[r.SUM_SUP + parent, lane] += w[r.OUT_SUPERFICIAL + i, lane]
    w[r.SUM_SUP_0 + parent, lane] += w[r.UP_SUP_0 + i, lane]
    w[r.SUM_SUP_1 + parent, lane] += w[r.UP_SUP_1 + i, lane]


def join_pelvis(w: Any, i: int, lane: Any) -> None:
    """Both veins of a thigh flow into the vein of the pelvis."""
    w[r.SUM_VEIN + 4, lane] += w[r.OUT_VEIN + i, lane] + w[r.OUT_SUPERFICIAL + i, lane]
    w[r.SUM_VEIN_0 + 4, lane] += w[r.UP_VEIN_0 + i, lane] + w[r.UP_SUP_0 + i, lane]
    w[r.SUM_VEIN_1 + 4, lane] += w[r.UP_VEIN_1 + i, lane] + w[r.UP_SUP_1 + i, lane]


def join_heart(w: Any, i: int, lane: Any) -> None:
    """Neck, chest, back, pelvis and (with their superficial veins) upper arms flow into the central blood."""
    w[r.SUM_F, lane] += w[r.OUT_VEIN + i, lane]
    w[r.SUM_0, lane] += w[r.UP_VEIN_0 + i, lane]
    w[r.SUM_1, lane] += w[r.UP_VEIN_1 + i, lane]


def join_heart_arm(w: Any, i: int, lane: Any) -> None:
    """The superficial veins of an upper arm."""
    w[r.SUM_F, lane] += w[r.OUT_SUPERFICIAL + i, lane]
    w[r.SUM_0, lane] += w[r.UP_SUP_0 + i, lane]
    w[r.SUM_1, lane] += w[r.UP_SUP_1 + i, lane]


def solve_blood(w: Any, lane: Any) -> None:
    """The central blood, which closes the system."""
    own = w[r.CAP_BLOOD, lane] * w[r.PER_SECOND, lane]
    w[r.BLOOD, lane] = (own * w[r.BLOOD, lane] + w[r.SUM_0, lane]) / (own + w[r.SUM_F, lane] - w[r.SUM_1, lane])
    w[r.OUTPUT, lane] = w[r.SUM_F, lane] / w[r.BLOOD_HEAT, lane]


def finish_artery(w: Any, i: int, parent: int, lane: Any) -> None:
    """The artery, from the one nearer the heart (a row of the workspace)."""
    w[ARTERY + i, lane] = w[r.A_0 + i, lane] + w[r.A_1 + i, lane] * w[parent, lane]


def finish_limb(w: Any, i: int, lane: Any) -> None:
    """The other temperatures of a segment without muscle layer."""
    a = w[ARTERY + i, lane]
    v = w[r.V_0 + i, lane] + w[r.V_A + i, lane] * a
    c = w[r.C_0 + i, lane] + w[r.C_A + i, lane] * a + w[r.C_V + i, lane] * v
    k = w[r.K_0 + i, lane] + w[r.K_A + i, lane] * a + w[r.K_C + i, lane] * c
    w[VEIN + i, lane] = v
    w[CORE + i, lane] = c
    w[SKIN + i, lane] = k
    w[SUPERFICIAL + i, lane] = w[r.S_0 + i, lane] + w[r.S_A + i, lane] * a + w[r.S_K + i, lane] * k


def finish_layered(w: Any, i: int, lane: Any) -> None:
    """The other temperatures of head and pelvis."""
    a = w[ARTERY + i, lane]
    w[VEIN + i, lane] = w[r.V_0 + i, lane] + w[r.V_A + i, lane] * a
    w[CORE + i, lane] = w[r.C_0 + i, lane] + w[r.C_A + i, lane] * a
    w[MUSCLE + i, lane] = w[r.M_0 + i, lane] + w[r.M_A + i, lane] * a
    w[FAT + i, lane] = w[r.F_0 + i, lane] + w[r.F_A + i, lane] * a
    w[SKIN + i, lane] = w[r.K_0 + i, lane] + w[r.K_A + i, lane] * a


def count_dry(w: Any, i: int, lane: Any) -> None:
    """Heat from skin to air and water at the end of the step (W)."""
    w[r.HEAT_DRY, lane] += w[r.TO_ROOM + i, lane] * w[SKIN + i, lane] - w[r.TO_ROOM_HEAT + i, lane]


HEART = -1
INWARD: tuple[tuple[int, int], ...] = (
    (7, 6), (10, 9), (6, 5), (9, 8), (5, HEART), (8, HEART), (13, 12), (16, 15), (12, 11), (15, 14), (11, 4), (14, 4),
    (4, HEART), (0, 1), (1, HEART), (2, HEART), (3, HEART),
)  # fmt: skip
"""Each segment and the one nearer the heart, from the finger tips inward."""

OUTWARD: tuple[tuple[int, int], ...] = (
    (1, r.BLOOD), (2, r.BLOOD), (3, r.BLOOD), (4, r.BLOOD), (5, r.BLOOD), (8, r.BLOOD), (0, ARTERY + 1),
    (6, ARTERY + 5), (7, ARTERY + 6), (9, ARTERY + 8), (10, ARTERY + 9), (11, ARTERY + 4), (12, ARTERY + 11),
    (13, ARTERY + 12), (14, ARTERY + 4), (15, ARTERY + 14), (16, ARTERY + 15),
)  # fmt: skip
"""Each segment and the row its artery is fed from, from the heart outward."""


def enter(w: Any, table: Any, row: int, lane: int) -> None:
    """Put a row of the phase table into a lane."""
    for k in range(r.ENVIRONMENT_ROWS):
        w[r.ENVIRONMENT + k, lane] = table[row, k]
    for k in range(r.PHASE_ROWS - r.ENVIRONMENT_ROWS):
        w[r.PHASE_WHOLE + k, lane] = table[row, r.ENVIRONMENT_ROWS + k]
    for i in range(N):
        if w[r.SET_FILM + i, lane] >= 0.0:
            w[FILM + i, lane] = w[r.SET_FILM + i, lane]


def exchange(w: Any, n: int) -> None:
    """The conductances to the surroundings, for all segments and lanes."""
    for lane in range(n):
        w[r.HC_SUM, lane] = 0.0
    for i in range(N):
        for lane in range(n):
            convection(w, i, lane)
    for i in range(N):
        for lane in range(n):
            surroundings(w, i, lane)


def regulate(w: Any, n: int) -> None:
    """What the body does about its temperatures."""
    for lane in range(n):
        clear(w, lane)
    for i in range(N):
        for lane in range(n):
            sense(w, i, lane)
    for lane in range(n):
        command(w, lane)
    vapour = (w[r.VAPOUR_A, 0], w[r.VAPOUR_B, 0], w[r.VAPOUR_C, 0])
    base, film_w = w[r.WET_BASE, 0], w[r.LATENT, 0] * w[r.PER_SECOND, 0]
    blood, work_flow = w[r.BLOOD_HEAT, 0], w[r.WORK_FLOW, 0]
    for i in range(N):
        for lane in range(n):
            spread(w, i, lane)
        for lane in range(n):
            perfuse(w, i, lane)
        for lane in range(n):
            evaporate(w, i, lane, vapour, base, film_w)
        for lane in range(n):
            produce(w, i, lane, blood, work_flow)
        for lane in range(n):
            gather(w, i, lane)
    for lane in range(n):
        breathe(w, lane)
    for i in range(N):
        for lane in range(n):
            limit_flow(w, i, lane)


def inward(w: Any, n: int) -> None:
    """From finger tips and toes to the heart."""
    p = w[r.PER_SECOND, 0]
    for i, parent in INWARD:
        if i == 0 or i == 4:
            for lane in range(n):
                solve_layered(w, i, lane, p)
        else:
            for lane in range(n):
                solve_limb(w, i, lane, p)
        if parent == HEART:
            for lane in range(n):
                join_heart(w, i, lane)
            if i == 5 or i == 8:
                for lane in range(n):
                    join_heart_arm(w, i, lane)
        elif parent == 4:
            for lane in range(n):
                join_pelvis(w, i, lane)
        else:
            for lane in range(n):
                join_vein(w, i, parent, lane)
            if i != 0:
                for lane in range(n):
                    join_superficial(w, i, parent, lane)
    for lane in range(n):
        solve_blood(w, lane)


def outward(w: Any, n: int) -> None:
    """From the heart to finger tips and toes."""
    for i, parent in OUTWARD:
        for lane in range(n):
            finish_artery(w, i, parent, lane)
        if i == 0 or i == 4:
            for lane in range(n):
                finish_layered(w, i, lane)
        else:
            for lane in range(n):
                finish_limb(w, i, lane)
        for lane in range(n):
            count_dry(w, i, lane)


def block(n: int, w: Any, table: Any, plan: Any, until: Any, count: int, every: int, record: Any, out: Any) -> None:
    """All steps of one block of lanes."""
    at = np.zeros(LANES, dtype=np.int64)
    for lane in range(n):
        enter(w, table, plan[lane, 0], lane)
    exchange(w, n)
    for j in range(record.size):
        for lane in range(n):
            out[0, j, lane] = w[record[j], lane]
    for now in range(count):
        again = False
        for lane in range(n):
            while until[lane, at[lane]] <= now and at[lane] < plan.shape[1] - 1:
                at[lane] += 1
                enter(w, table, plan[lane, at[lane]], lane)
                again = True
            again = again or w[r.LYING, lane] > 0.0
        if again:
            exchange(w, n)
        regulate(w, n)
        inward(w, n)
        outward(w, n)
        if (now + 1) % every == 0:
            for j in range(record.size):
                for lane in range(n):
                    out[(now + 1) // every, j, lane] = w[record[j], lane]


def advance(
    first: int, last: int, n: int, work: Any, table: Any, plan: Any, until: Any, count: int, every: int, record: Any,
    out: Any,
) -> None:  # fmt: skip
    """Some of the blocks; see ``kernel_numpy.run``. ``work``: (blocks, rows, lanes of a block)."""
    for b in range(first, last):
        w = known_shape(work[b])  # the compiler works on many lanes at once only where it knows how far apart rows are
        start = b * LANES
        block(n, w, table, plan[start : start + LANES], until[start : start + LANES], count, every, record, out[b])


PIECES = (
    positive, lesser, exp_small, exp_wide, convection, surroundings, clear, sense, command, spread, perfuse,
    evaporate, produce, gather, breathe,
    limit_flow, solve_limb, solve_layered, join_vein, join_superficial, join_pelvis, join_heart, join_heart_arm,
    solve_blood, finish_artery, finish_limb, finish_layered, count_dry,
)  # fmt: skip
"""Formulas for one place of the workspace."""

LOOPS = (enter, exchange, regulate, inward, outward, block)
"""What the compiled kernel loops over."""
