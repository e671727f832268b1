"""Kidney function from creatinine: the CKD-EPI 2021 creatinine equation, without race.

    eGFR = 142 · min(Scr/κ, 1)^α · max(Scr/κ, 1)^-1.200 · 0.9938^age · 1.012 [female]

in mL/min/1.73 m², Scr in mg/dL (IDMS-traceable), age in years, adults from 18. Inker 2021, N Engl J Med
385:1737, doi 10.1056/NEJMoa2102953. The coefficients are the row ``ckd-epi-2021-creatinine`` of ``equations.yaml``.
"""

from __future__ import annotations

from typing import Literal

from anmin.knowledge.load import Knowledge


def ckd_epi_2021(
    creatinine_mg_dl: float, age: float, sex: Literal["female", "male"], knowledge: Knowledge
) -> float | None:
    """eGFR in mL/min/1.73 m²; None below 18 years, for whom the equation was not made.

    >>> from anmin.knowledge.load import load
    >>> round(ckd_epi_2021(1.09, 55, "male", load()))
    80
    """
    value = knowledge.equations["ckd-epi-2021-creatinine"].coefficients
    if age < value["adult_from"]:
        return None
    ratio = creatinine_mg_dl / value[f"kappa_{sex}"]
    egfr = value["scale"] * float(value["age_base"] ** age)
    egfr *= float(min(ratio, 1.0) ** value[f"alpha_{sex}"]) * float(max(ratio, 1.0) ** value["beta"])
    return egfr * value["female"] if sex == "female" else egfr
