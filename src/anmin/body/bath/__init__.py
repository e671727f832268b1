"""The body in the bath: whole-body heat balance after JOS-3 (doi 10.1016/j.enbuild.2020.110575), with water.

:func:`anmin.body.bath.simulate.simulate` runs bodies through phases (room, tub, towel, bed); nothing here is a fact of
its own: tables and parameters stand in ``knowledge/data/body_bath.yaml``.
"""
