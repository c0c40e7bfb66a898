"""What the chooser is asked, and what it answers."""

from dataclasses import dataclass, field

from redress.returns.disclosure.system import Flags, Integers, System


@dataclass
class Need:
    """What must stay possible for a hidden number: values as low and as high as these, and each of these."""

    low: int | None
    high: int | None
    each: tuple[int, ...] = ()


@dataclass
class Question:
    """One component of a return's numbers.

    world has the value of each number (of those nobody prints, some value that fits). cost is what hiding a number
    costs; it can be hidden where may_hide says so and must be where must_hide does. unprinted ones are always
    unknown. needs are demands that always hold; step is how far each number must be able to move once it is hidden.
    has_outside_knowledge: numbers of earlier publications take part, so that some demands may be past meeting.
    """

    system: System
    world: Integers
    cost: Integers
    may_hide: Flags
    must_hide: Flags
    unprinted: Flags
    needs: dict[int, Need]
    step: Integers
    has_outside_knowledge: bool = False


@dataclass
class Answer:
    """Which numbers to hide, and which demands could not be met, with the numbers that stand in the way."""

    hidden: Flags
    unmet: dict[int, set[int]] = field(default_factory=dict)
    needs: dict[int, Need] = field(default_factory=dict)
    rounds: int = 0

    def left_open(self, at: int) -> tuple[int, ...]:
        """The values that stay possible of those a demand asked for."""
        return self.needs[at].each if at in self.needs else ()
