"""What a run of the mirror begins and ends with: the user's options, and what it gave."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from posturecam.live.balance_test import Attempt, BalanceTest
from posturecam.live.live_session import Capture
from posturecam.live.threads import Meter
from posturecam.live.view import Privacy
from posturecam.measures.balance import LEGS
from posturecam.picture.lens.profile import CameraProfile
from posturecam.pipeline.assessment import Settings
from posturecam.pipeline.exam import Exam
from posturecam.text.language import _, format_fields
from posturecam.text.language.sides import names_of


@dataclass(frozen=True, slots=True)
class LiveOptions:
    """What the user wants of the mirror: the options of ``posturecam live``, and their defaults."""

    source: Path | None = None
    camera: str | None = None
    width: int = 1280
    height: int = 720
    view: str = "auto"
    exam: bool = False
    balance: bool = False
    seconds: float | None = None
    out: Path | None = None
    record: Path | None = None
    window: bool = True
    hide_face: bool = False
    figure_only: bool = False
    fast: bool = False
    beep: bool = False
    answers: Path | None = None
    passes: int | None = None
    model: Path | None = None
    knowledge: Path | None = None
    profile: CameraProfile | None = None
    height_cm: float | None = None
    distance_m: float | None = None

    @property
    def measured(self) -> bool:
        """Whether somebody is to be measured standing on both feet: always, but for the balance test alone."""
        return not self.balance or self.exam or self.view != "auto"

    @property
    def privacy(self) -> Privacy:
        """What of the person may be seen."""
        return Privacy(self.hide_face, self.figure_only)

    @property
    def settings(self) -> Settings:
        """How each picture is measured."""
        plain = Settings(camera=self.profile, height_cm=self.height_cm, distance_m=self.distance_m)
        return plain if self.passes is None else replace(plain, passes=self.passes)


@dataclass(slots=True)
class LiveResult:
    """What a run gave; ``told`` are the balance test's sentences, ``why_nothing`` says why when it gave nothing."""

    captures: list[Capture] = field(default_factory=list)
    balance: BalanceTest | None = None
    told: tuple[str, ...] = ()
    exam: Exam | None = None
    written: list[Path] = field(default_factory=list)
    why_nothing: str = ""
    closed_by_hand: bool = False
    meter: Meter = field(default_factory=Meter)

    def balance_lines(self) -> Iterator[str]:
        """Say the balance test in sentences; beside a measurement its notes stand among the measurement's."""
        if self.balance is None:
            return
        for side in LEGS:
            best = self.balance.best(side)
            yield _("{side} leg: no try", side=names_of(side)["side"]) if best is None else _best_line(best)
        if not self.captures:
            yield from self.told


def _best_line(best: Attempt) -> str:
    drop = best.pelvis_drop_deg
    words = _("free side of the pelvis {drop:.1f}° higher than on both feet")
    if drop > 0:
        words = _("free side of the pelvis {drop:.1f}° lower than on both feet")
    return _(
        "{side} leg: {seconds:.1f} s, {pelvis}, sway {sway:.2f} % of height",
        side=names_of(best.stance)["side"],
        seconds=best.seconds,
        pelvis=format_fields(words, drop=abs(drop)),
        sway=best.sway_pct,
    )
