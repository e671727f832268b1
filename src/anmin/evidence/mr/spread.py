"""Where the pieces of a scan are done: here, in processes of this machine, or on a Dask cluster (extra ``cluster``)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any, Protocol

from anmin.errors import InputError
from anmin.evidence.mr.scan_work import Done, Piece, work


class Spread(Protocol):
    """Does pieces, in any order."""

    @property
    def workers(self) -> int:
        """How many pieces are done at a time."""
        ...

    def run(self, pieces: Sequence[Piece]) -> Iterator[tuple[Done, ...]]:
        """What came of each piece, as it is done."""
        ...


class Here:
    """One after the other."""

    workers = 1

    def run(self, pieces: Sequence[Piece]) -> Iterator[tuple[Done, ...]]:
        """What came of each piece."""
        return map(work, pieces)


class Processes:
    """Several at a time, each in a process of its own."""

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def run(self, pieces: Sequence[Piece]) -> Iterator[tuple[Done, ...]]:
        """What came of each piece, as it is done."""
        if len(pieces) < 2:
            yield from map(work, pieces)
            return
        with ProcessPoolExecutor(min(self.workers, len(pieces)), mp_context=get_context("spawn")) as pool:
            waiting = [pool.submit(work, piece) for piece in pieces]
            try:
                for future in as_completed(waiting):
                    yield future.result()
            except BrokenProcessPool:
                raise InputError(
                    "--workers", self.workers, "fewer workers, if memory ran out",
                    "A worker died. What was done is kept: the same command goes on from there.",
                ) from None  # fmt: skip
            finally:
                pool.shutdown(cancel_futures=True)


class Dask:
    """On a running cluster, whose workers have to see the same files under the same names."""

    def __init__(self, address: str, timeout: str = "10s") -> None:
        try:
            from distributed import Client
            from distributed.comm.addressing import get_address_host_port
        except ImportError:
            raise InputError("--dask", address, "the extra: pip install 'anmin[cluster]'") from None
        try:
            if not address.startswith("inproc:"):
                get_address_host_port(address)  # a client that fails on it would hang when it is thrown away
            self._client: Any = Client(address, timeout=timeout, set_as_default=False)  # type: ignore[no-untyped-call]
        except (OSError, ValueError, TimeoutError) as error:
            raise InputError("--dask", address, "the address of a running scheduler", str(error)[:100]) from None

    @property
    def workers(self) -> int:
        """Threads of the whole cluster."""
        return max(1, sum(int(count) for count in self._client.nthreads().values()))

    def run(self, pieces: Sequence[Piece]) -> Iterator[tuple[Done, ...]]:
        """What came of each piece, as it is done."""
        from distributed import as_completed as finished

        try:
            waiting = self._client.map(work, list(pieces), pure=False)
            for future in finished(waiting, loop=self._client.loop):  # type: ignore[no-untyped-call]
                yield future.result()
        finally:
            self._client.close()
