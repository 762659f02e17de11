"""What filling in templates may cost."""

import time
from dataclasses import dataclass, field

from kalends.handlebars.errors import TemplateError

MOST_STEPS = 100_000
"""Most steps of one body: texts, values, names on the way to them, passes of loops, items of lists."""

MOST_CHARACTERS = 1_048_576
"""Most characters of one body: those of the result, and those of lists that are printed on the way to it."""

MOST_SECONDS = 1.0
"""Most time of a processor for one body, should steps take longer than they do anywhere."""

_STEPS_BETWEEN_LOOKS = 1_000


@dataclass(slots=True)
class Budget:
    """What is left of the work and the text for one body, however many templates it is made of.

    It belongs to the thread that made it: what others do meanwhile is not counted.
    """

    seconds: float = MOST_SECONDS
    _steps: int = MOST_STEPS
    _characters: int = MOST_CHARACTERS
    _look_at: int = MOST_STEPS
    _began: float = field(default_factory=time.thread_time)

    @property
    def spent(self) -> int:
        """Steps that were taken."""
        return MOST_STEPS - self._steps

    def spend(self, steps: int) -> None:
        """Take steps.

        Raises:
            TemplateError: there are not that many left, or the time is over.
        """
        self._steps -= steps
        if self._steps < self._look_at:
            self._look()

    def make(self, characters: int) -> None:
        """Take characters.

        Raises:
            TemplateError: there are not that many left.
        """
        self._characters -= characters
        if self._characters < 0:
            raise TemplateError(f"the result is longer than {MOST_CHARACTERS} characters")

    def _look(self) -> None:
        if self._steps < 0:
            raise TemplateError(f"filling the template in takes more than {MOST_STEPS} steps")
        if time.thread_time() - self._began > self.seconds:
            raise TemplateError(f"filling the template in takes longer than {self.seconds} s")
        self._look_at = max(0, self._steps - _STEPS_BETWEEN_LOOKS)
