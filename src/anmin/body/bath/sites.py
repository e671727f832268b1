"""What a thermometer at a place would read, and the gradients between hands, feet and trunk (°C)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from anmin.body.bath.model import Course
from anmin.knowledge.load import Knowledge

Floats = NDArray[np.float64]

_HANDS, _FEET, _FOREARMS = ("left_hand", "right_hand"), ("left_foot", "right_foot"), ("left_arm", "right_arm")
_THIGHS = ("left_thigh", "right_thigh")


def rectal(course: Course) -> Floats:
    """Rectal: the core of the pelvis, which is slower than the heart's blood by itself (times, lanes)."""
    found: Floats = course.core_of("pelvis")
    return found


def tympanic(course: Course) -> Floats:
    """Tympanic or oral: the core of the head (times, lanes)."""
    found: Floats = course.core_of("head")
    return found


def mean_skin(course: Course, area: Any) -> Floats:
    """Skin weighed by the area of the segments (times, lanes)."""
    weights = np.asarray(area) / np.sum(area)
    found: Floats = np.einsum("tsl,s->tl", course.skin, weights)
    return found


def wrist_gradient(course: Course, knowledge: Knowledge) -> Floats:
    """Wrist minus abdomen (Tai 2021): half hand, half forearm, minus the skin of the pelvis (times, lanes)."""
    share = knowledge.body_models["bath-conditions"].number("wrist_from_hand")
    wrist = share * course.skin_of(*_HANDS) + (1 - share) * course.skin_of(*_FOREARMS)
    found: Floats = wrist - course.skin_of("pelvis")
    return found


def distal_proximal_gradient(course: Course) -> Floats:
    """Hands and feet minus chest, pelvis and thighs, as Kräuchi draws it (times, lanes)."""
    found: Floats = course.skin_of(*_HANDS, *_FEET) - course.skin_of("chest", "pelvis", *_THIGHS)
    return found
