"""Makes a publication of a return: hides small numbers, and as few others as keep them hidden."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from redress.returns.disclosure.knowledge import Knowledge, gather
from redress.returns.disclosure.notes import notes_of
from redress.returns.disclosure.numbers import Coarser, Number
from redress.returns.disclosure.order import in_silent_order
from redress.returns.disclosure.primary import cost
from redress.returns.disclosure.question import Answer, Need, Question
from redress.returns.disclosure.secondary import choose
from redress.returns.disclosure.system import System
from redress.returns.figures import BuiltReturn, BuiltTable, Figure

Why = Literal["primary", "secondary"]


@dataclass(frozen=True)
class Suppressed:
    """A hidden figure: because its own number is small, or so that another stays hidden."""

    figure: str
    table: str
    why: Why


@dataclass(frozen=True)
class GivenAway:
    """A figure hidden here that earlier publications tell or narrow down: where it stands here, and where there.

    figures are ids of this return, earlier says return and figure id of what gives it away. possible are the values
    a reader can still hold possible, of those that hiding it should leave open.
    """

    figures: tuple[str, ...]
    earlier: tuple[str, ...]
    possible: tuple[int, ...]

    @property
    def text(self) -> str:
        """One sentence for the person who signs the return off."""
        here, there = " and ".join(self.figures), ", ".join(self.earlier)
        left = ", ".join(str(value) for value in self.possible) or "nothing"
        return (
            f"{here} is hidden here, but {there} already printed it or what it follows from (still possible: {left})."
        )


@dataclass(frozen=True)
class Protected:
    """A publication, what was hidden in it, and what earlier publications had given away before."""

    built: BuiltReturn
    suppressed: tuple[Suppressed, ...]
    given_away: tuple[GivenAway, ...]
    withdrawn: tuple[str, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """What the person who builds the publication is told."""
        figures = len(self.suppressed)
        said = [f"{figures} {'figure is' if figures == 1 else 'figures are'} suppressed."] if figures else []
        if self.withdrawn:
            said.append(f"{len(self.withdrawn)} key messages are left out, because they speak of suppressed figures.")
        return (*said, *(one.text for one in self.given_away))


def protect(built: BuiltReturn, earlier: Sequence[BuiltReturn] = (), coarser: Coarser | None = None) -> Protected:
    """The publication of a return, given the publications of the same council that are out, as they were printed.

    coarser says, by dimension, from which finer dimension its codes can be told (an area from its services).
    The same return and the same earlier publications give the same publication.
    """
    known = gather(built, earlier, coarser)
    hidden = set(known.primary.small)
    unmet: dict[Number, tuple[set[Number], tuple[int, ...]]] = {}
    for system, question in questions(known):
        answer = choose(question)
        hidden |= {system.numbers[at] for at in np.flatnonzero(answer.hidden)}
        unmet |= _unmet(known, system, question, answer)
    return _publication(known, hidden, _given_away(known, hidden, unmet))


def questions(known: Knowledge) -> Iterator[tuple[System, Question]]:
    """The parts of the return's numbers in which something is to be hidden, each on its own."""
    for system, world in known.components():
        numbers, printed = system.numbers, known.printed
        is_value = np.array([number in known.values and number not in known.primary.unprinted for number in numbers])
        is_fixed = np.array([number in known.fixed for number in numbers])
        may_hide = np.array([number in printed.by_number for number in numbers]) & is_value & ~is_fixed & (world > 0)
        must_hide = np.array([number in known.primary.small for number in numbers]) & may_hide
        needs = {
            at: _need(number, known, int(world[at]))
            for at, number in enumerate(numbers)
            if number in known.small and not is_fixed[at]
        }
        if not needs:
            continue
        yield (
            system,
            Question(
                system=system,
                world=world,
                cost=np.array([cost(number, printed, known.hidden_before) for number in numbers], dtype=np.int64),
                may_hide=may_hide,
                must_hide=must_hide,
                unprinted=~is_value,
                needs=needs,
                step=np.array([known.step(number) for number in numbers], dtype=np.int64),
                has_outside_knowledge=bool(is_fixed.any()) or any(one in known.hidden_before for one in numbers),
            ),
        )


def _need(number: Number, known: Knowledge, value: int) -> Need:
    """All of 1 to the threshold less 1 for a printed count of cases; for pounds a tenth more and less.

    A small number that nobody prints (the cases a rate leaves out) must not be told exactly: that it could also be
    less is enough, or every headline it is part of would have to go.
    """
    if number in known.primary.unprinted:
        return Need(max(value - 1, 0), None)
    if known.scale(number) == 1:
        return Need(1, known.small[number] - 1, tuple(range(1, known.small[number])))
    step = known.step(number)
    return Need(max(value - step, 0), value + step)


def _unmet(
    known: Knowledge, system: System, question: Question, answer: Answer
) -> dict[Number, tuple[set[Number], tuple[int, ...]]]:
    """By number that could not be protected in full: what stands in the way, and the values left open."""
    found = {}
    for at, held_by in answer.unmet.items():
        number = system.numbers[at]
        found[number] = ({system.numbers[one] for one in held_by}, answer.left_open(at))
    return found


def _given_away(
    known: Knowledge, hidden: set[Number], unmet: dict[Number, tuple[set[Number], tuple[int, ...]]]
) -> tuple[GivenAway, ...]:
    """The figures of this return that hiding cannot protect any more, with the earlier figures that tell them."""
    cases: dict[Number, tuple[set[Number], tuple[int, ...]]] = {}
    for number in hidden:
        if number in known.fixed:
            cases[number] = ({number}, ())
        elif number in known.revised:
            cases[number] = ({number}, (int(known.revised[number]),))
    cases |= unmet
    found = []
    for number in sorted(cases, key=lambda one: one.sort_key):
        told_by, possible = cases[number]
        here = [use.place for use in known.printed.by_number.get(number, [])]
        if here:
            found.append(GivenAway(tuple(dict.fromkeys(here)), known.places_before(told_by), possible))
    return tuple(found)


def _publication(known: Knowledge, hidden: set[Number], given_away: tuple[GivenAway, ...]) -> Protected:
    """The return with every figure hidden that shows a hidden number."""
    small = set(known.primary.small)
    suppressed: dict[str, Suppressed] = {}
    changed: dict[int, Figure] = {}
    for use in known.printed.uses:
        numbers = {number for number, _ in use.parts}
        is_primary = bool(numbers & small) or id(use.figure) in known.primary.figures
        if not (is_primary or numbers & hidden or known.is_unclear(use)):
            continue
        if use.figure.symbol == "x":
            continue
        changed[id(use.figure)] = hide(use.figure)
        if use.table is not None:
            suppressed[use.figure.id] = Suppressed(
                use.figure.id, use.table.name, "primary" if is_primary else "secondary"
            )
    withdrawn: list[str] = []
    sections = []
    for section in known.printed.built.sections:
        kept = []
        for sentence in section.sentences:
            if any(id(figure) in changed for figure in sentence.figures):
                withdrawn.append(sentence.text)
            else:
                kept.append(sentence)
        tables = tuple(_hidden_in(table, changed) for table in section.tables if not table.internal)
        sections.append(replace(section, sentences=tuple(kept), tables=tables))
    built = replace(known.printed.built, sections=tuple(sections), is_publication=True)
    built = replace(built, notes=(*built.notes, *notes_of(built, bool(withdrawn))))
    return Protected(built, tuple(suppressed.values()), given_away, tuple(withdrawn))


def _hidden_in(table: BuiltTable, changed: dict[int, Figure]) -> BuiltTable:
    cells = tuple(
        tuple(changed.get(id(figure), figure) if figure is not None else None for figure in row) for row in table.cells
    )
    return in_silent_order(table, replace(table, cells=cells))


def hide(figure: Figure) -> Figure:
    """The figure with its place and labels, without any number."""
    return replace(
        figure,
        numerator=None,
        denominator=None,
        value=None,
        rounded=None,
        shown="c",
        symbol="c",
        before=hide(figure.before) if figure.before else None,
    )
