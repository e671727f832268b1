"""Where everything of one lane stands in the workspace: ``w[row + segment, lane]``.

A lane is one body in one protocol. Lanes lie side by side in memory so that a compiler can work on several at once.
Seventeen body segments after JOS-3 (doi 10.1016/j.enbuild.2020.110575), each with artery, vein, core and skin; the
limbs have a superficial vein, head and pelvis a muscle and a fat layer. One pool of central blood joins them.
"""

from __future__ import annotations

SEGMENTS: tuple[str, ...] = (
    "head", "neck", "chest", "back", "pelvis",
    "left_shoulder", "left_arm", "left_hand", "right_shoulder", "right_arm", "right_hand",
    "left_thigh", "left_leg", "left_foot", "right_thigh", "right_leg", "right_foot",
)  # fmt: skip
"""The segments in the order of JOS-3. "Shoulder" is the upper arm, "arm" the forearm."""

N = 17
HEAD, NECK, CHEST, BACK, PELVIS = 0, 1, 2, 3, 4
HANDS, FEET, ARMS = (7, 10), (13, 16), (6, 9)
SHOULDERS, THIGHS, LEGS = (5, 8), (11, 14), (12, 15)

# Temperatures (°C): artery, vein, superficial vein, core, muscle, fat, skin. Only segments that have a layer use it.
ARTERY, VEIN, SUPERFICIAL, CORE, MUSCLE, FAT, SKIN = (N * k for k in range(7))
FILM = N * 7
"""Water on the skin (g)."""

# The body: heat capacities (J/K), set-points (°C), shares of the signals, basal flows (L/h), basal heat (W).
CAP_ARTERY, CAP_VEIN, CAP_SUPERFICIAL, CAP_CORE, CAP_MUSCLE, CAP_FAT, CAP_SKIN = (N * k for k in range(8, 15))
SET_CORE, SET_SKIN, RECEPTOR, SHARE, CORE_WEIGHT = (N * k for k in range(15, 20))
FLOW_CORE, FLOW_MUSCLE, FLOW_FAT, FLOW_SKIN = (N * k for k in range(20, 24))
DILATION, CONSTRICTION, SWEAT, SHIVER, NONSHIVER, WORK = (N * k for k in range(24, 30))
HEAT_CORE, HEAT_MUSCLE, HEAT_FAT, HEAT_SKIN = (N * k for k in range(30, 34))
AREA, HAS_MUSCLE = (N * k for k in range(34, 36))
# Conductances (W/K): core-skin, core-muscle, muscle-fat, fat-skin, vessel-core, superficial vein-skin, artery-vein.
CORE_SKIN, CORE_MUSCLE, MUSCLE_FAT, FAT_SKIN, VESSEL_CORE, VEIN_SKIN, ARTERY_VEIN = (N * k for k in range(36, 43))

# The surroundings of a phase, in the order of a row of the phase table.
ENVIRONMENT = N * 43
(
    HC_SCALE, HC_POWER, HR, AIR, RADIANT, VAPOUR, CLO_AREA, CLO_DRY, CLO_WET, WET_SHARE, STIR, WATER, EVAPORATION,
    SET_FILM,
) = (N * k for k in range(43, 57))  # fmt: skip
ENVIRONMENT_ROWS = 14 * N

# What a step works out.
HC, TO_ROOM, TO_ROOM_HEAT, TO_ROOM_VAPOUR = (N * k for k in range(57, 61))
ERR_CORE, ERR_SKIN, NOW_SKIN, NOW_CORE, NOW_MUSCLE, NOW_FAT = (N * k for k in range(61, 67))
GAIN_CORE, GAIN_MUSCLE, GAIN_SKIN = (N * k for k in range(67, 70))
IN_ARTERY, OUT_VEIN, OUT_SUPERFICIAL = (N * k for k in range(70, 73))
SUM_VEIN, SUM_VEIN_0, SUM_VEIN_1, SUM_SUP, SUM_SUP_0, SUM_SUP_1 = (N * k for k in range(73, 79))
UP_VEIN_0, UP_VEIN_1, UP_SUP_0, UP_SUP_1 = (N * k for k in range(79, 83))
A_0, A_1, V_0, V_A, C_0, C_A, C_V, K_0, K_A, K_C, S_0, S_A, S_K, M_0, M_A, F_0, F_A = (N * k for k in range(83, 100))
WORK_NOW, SAY_DILATE, SAY_STRICT, SAY_SWEAT, SAY_SHIVER, SAY_COLD, MADE, WET = (N * k for k in range(100, 108))
"""The signals once for each segment: a loop over one block of memory is one a compiler can run on many lanes."""

WHOLE = N * 108
"""From here on one row each, for the whole body."""
(
    BLOOD, CAP_BLOOD, ACTIVE, PER_SECOND, HOUR_COS, HOUR_SIN, TURN_COS, TURN_SIN, CIRCADIAN, HOUR_START,
    BLOOD_HEAT, WORK_FLOW, FLOW_LIMIT, WATER_H, LATENT,
    DILATE_CORE, DILATE_SKIN, CONSTRICT, SWEAT_CORE, SWEAT_SKIN, SHIVER_GAIN, NONSHIVER_GAIN, NONSHIVER_LIMIT,
    AVA_SKIN, AVA_CORE, AVA_HAND_0, AVA_FOOT_0, AVA_HAND, AVA_FOOT, WET_BASE,
    VAPOUR_A, VAPOUR_B, VAPOUR_C, BREATH_DRY, BREATH_DRY_T, BREATH_WET, BREATH_WET_P, LEWIS,
    ACTIVITY, HC_MEAN, LYING, LOWERED,
    SHIFT, WARM_LESS_COLD, COLD, MEAN_SKIN_ERR, MEAN_CORE_ERR, DILATE, STRICT, SWEATING, SHIVERING, NONSHIVERING,
    HC_SUM, SKIN_FLOW, FLOW_SCALE, FLOW_HAND, FLOW_FOOT,
    HEAT_MADE, HEAT_BREATH, HEAT_DRY, HEAT_WET, OUTPUT, SUM_0, SUM_1, SUM_F,
) = range(WHOLE, WHOLE + 65)  # fmt: skip
PHASE_WHOLE = ACTIVITY
"""The first of the four whole-body rows that belong to a phase: activity, mean convection, lying, set-point."""
ROWS = WHOLE + 65
LANES = 16
"""Lanes of one block of the compiled kernel."""

PHASE_ROWS = ENVIRONMENT_ROWS + 4
"""A row of the phase table: the surroundings by segment, then activity, mean convection, lying (0, 1), set-point."""
