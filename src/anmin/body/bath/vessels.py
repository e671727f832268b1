"""The heat balance of one step, along the tree of blood vessels (JOS-3's implicit Euler step without a matrix).

A segment's equations hold only one temperature from nearer the heart, that of the blood that comes in, so each segment
is solved as ``x = x0 + x1 · inflow`` from the finger tips inward; the pool of central blood closes the system, and the
way back outward gives every temperature. For the meaning of ``w``, ``i`` and ``lane`` see
:mod:`~anmin.body.bath.control`.
"""

from __future__ import annotations

from typing import Any

from anmin.body.bath import rows as r

SKIN, CORE, VEIN, ARTERY, SUPERFICIAL, MUSCLE, FAT = (
    r.SKIN, r.CORE, r.VEIN, r.ARTERY, r.SUPERFICIAL, r.MUSCLE, r.FAT,
)  # fmt: skip


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


FORMULAS = (
    solve_limb, solve_layered, join_vein, join_superficial, join_pelvis, join_heart, join_heart_arm, solve_blood,
    finish_artery, finish_limb, finish_layered, count_dry,
)  # fmt: skip
