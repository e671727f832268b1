"""The quick way of running the model: the steps compiled, lanes side by side, blocks of lanes over threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cache
from os import cpu_count
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from anmin.body.bath import control, loops, vessels
from anmin.body.bath import rows as r

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@cache
def compiled() -> Any:
    """``loops.advance``, compiled once and kept on disk; ``ImportError`` where numba is not installed."""
    import numba
    from numba.extending import register_jitable

    fast = {"contract", "nsz", "arcp"}
    for formula in (*control.FORMULAS, *vessels.FORMULAS):
        register_jitable(forceinline=True, error_model="numpy", fastmath=fast)(formula)
    for loop in loops.LOOPS:
        register_jitable(error_model="numpy", fastmath=fast)(loop)
    loops.known_shape = _known_shape()
    advance = loops.advance_of(_stamp())
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": fast}
    try:
        return numba.njit(cache=True, **options)(advance)
    except RuntimeError:  # nowhere to write: compile anew in every process
        return numba.njit(**options)(advance)


def _stamp() -> int:
    """A number for the text of everything that is compiled; the compiler itself looks at one file only."""
    stamp = 0
    for module in (r, control, vessels, loops):
        stamp = crc32(Path(str(module.__file__)).read_bytes(), stamp)
    return stamp


def _known_shape() -> Any:
    """A function of an array (rows × lanes of a block) that returns it with that shape as a constant."""
    from numba.core import types
    from numba.extending import intrinsic
    from numba.np import arrayobj

    numba_array: Any = arrayobj
    make_array, populate_array = numba_array.make_array, numba_array.populate_array

    @intrinsic
    def known_shape(context: Any, array: Any) -> Any:
        def build(target: Any, builder: Any, signature: Any, values: Any) -> Any:
            given = make_array(array)(target, builder, values[0])
            made = make_array(array)(target, builder)
            size = target.get_constant(types.intp, 8)
            shape = [target.get_constant(types.intp, n) for n in (r.ROWS, r.LANES)]
            strides = [target.get_constant(types.intp, n) for n in (8 * r.LANES, 8)]
            populate_array(made, given.data, shape, strides, size, given.meminfo, given.parent)
            target.nrt.incref(builder, array, made._getvalue())
            return made._getvalue()

        return array(array), build

    return known_shape


def run(w: Floats, table: Floats, plan: Ints, until: Ints, count: int, every: int, record: Ints, out: Floats) -> None:
    """As :func:`anmin.body.bath.kernel_numpy.run`; ``w`` is (rows × lanes), changed in place."""
    advance = compiled()
    lanes = w.shape[1]
    blocks = -(-lanes // r.LANES)
    source = np.minimum(np.arange(blocks * r.LANES), lanes - 1)  # the last lane fills the last block
    work = np.ascontiguousarray(w[:, source].reshape(r.ROWS, blocks, r.LANES).transpose(1, 0, 2))
    plan, until = np.ascontiguousarray(plan[source]), np.ascontiguousarray(until[source])
    kept = np.empty((blocks, *out.shape[:2], r.LANES))

    def part(span: tuple[int, int]) -> None:
        advance(*span, r.LANES, work, table, plan, until, count, every, record, kept)

    threads = min(cpu_count() or 1, blocks)
    if threads == 1:
        part((0, blocks))
    else:
        size = max(1, -(-blocks // (4 * threads)))  # smaller parts than threads, so that none waits for long
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(part, [(k, min(k + size, blocks)) for k in range(0, blocks, size)]))
    out[:] = kept.transpose(1, 2, 0, 3).reshape(*out.shape[:2], -1)[:, :, :lanes]
    w[:] = work.transpose(1, 0, 2).reshape(r.ROWS, -1)[:, :lanes]
