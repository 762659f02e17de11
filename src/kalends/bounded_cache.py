"""Keeping the results of functions for a while, bounded by the memory that they take."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar, TypeVarTuple

Arguments = TypeVarTuple("Arguments")
Result = TypeVar("Result")


@dataclass(slots=True)
class BoundedCache(Generic[*Arguments, Result]):
    """A function whose latest results are kept, by its arguments, as long as they fit into `most_bytes`.

    `size_of` estimates from the arguments what a result takes with them. What is larger than an eighth of all
    is not kept, so that it drives out nothing. A function that raises keeps nothing. Threads may share one.
    """

    function: Callable[[*Arguments], Result]
    size_of: Callable[[*Arguments], int]
    most_bytes: int
    kept_bytes: int = 0
    _kept: OrderedDict[tuple[*Arguments], tuple[Result, int]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def __call__(self, *arguments: *Arguments) -> Result:
        """Return what the function returns, or has returned, for these arguments."""
        with self._lock:
            found = self._kept.get(arguments)
            if found is not None:
                self._kept.move_to_end(arguments)
                return found[0]
        result = self.function(*arguments)
        size = self.size_of(*arguments)
        if size <= self.most_bytes // 8:
            with self._lock:
                self._keep(arguments, result, size)
        return result

    def _keep(self, arguments: tuple[*Arguments], result: Result, size: int) -> None:
        _, before = self._kept.pop(arguments, (None, 0))
        self._kept[arguments] = result, size
        self.kept_bytes += size - before
        while self.kept_bytes > self.most_bytes:
            _, (_, oldest) = self._kept.popitem(last=False)
            self.kept_bytes -= oldest


def bounded_cache(
    most_bytes: int, size_of: Callable[[*Arguments], int]
) -> Callable[[Callable[[*Arguments], Result]], BoundedCache[*Arguments, Result]]:
    """Return a decorator that keeps the results of a function; see `BoundedCache`."""

    def decorated(function: Callable[[*Arguments], Result]) -> BoundedCache[*Arguments, Result]:
        return BoundedCache(function, size_of, most_bytes)

    return decorated
