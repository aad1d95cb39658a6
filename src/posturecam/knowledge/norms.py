"""What is usual for a measure: its bands, its norm, its words, and its page in the catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from posturecam.body import Side, View
from posturecam.knowledge.faults import Faults, Table
from posturecam.knowledge.regions import Region, read_region
from posturecam.text.language import N_, _, all_translations, number
from posturecam.text.language.sides import side_word, with_sides

UNITS = (N_("deg"), N_("% of height"), N_("% of chord"), "mm", "s", N_("ratio"), "%")
FLAGS = ("R", "M", "P", "D")
MIRRORS = ("odd", "even")
ABNORMAL = ("both", "high", "low")


class Severity(StrEnum):
    """How far a value lies from what is usual, the smallest first; ``UNGRADED`` where a measure has no bands."""

    UNGRADED = "ungraded"
    NEUTRAL = "neutral"
    WITHIN_NOISE = "within_noise"
    MILD = "mild"
    MODERATE = "moderate"
    MANUAL_MEASURES = "marked"


MILD_PART, MODERATE_PART = 0.7, 0.5
"""Parts of an age's mean below which a value counts as mild and as moderate [P]."""

TIERS = ("points", "side photo", "silhouette", "stickers", "scale", "balance test")


@dataclass(frozen=True, slots=True)
class AgeMean:
    """The mean of one age: its band as the question age_band names it, in the measure's unit, and whose mean it is."""

    band: str
    mean: float
    who: str


@dataclass(frozen=True, slots=True)
class Norm:
    """One measure's table. Invariant: 0 < neutral < mild < moderate.

    bands     upper limits of |value − centre| for neutral, mild and moderate, in the measure's unit; beyond is marked;
              None where no usual range of adults is known: such a measure is told and never graded
    parts_at  where the words change from plus to minus: the centre, or 0 where the value itself has a direction
    judging   plus and minus judge a shape (hollow, flat), so that within the neutral band only ``level`` is said
    abnormal  the side of the centre on which a value can lie outside: both, high or low
    mirror    odd = changes its sign when the photo is mirrored; even = does not (sided keys exchange their sides)
    mean, sd  of healthy adults, None where no number was found; ``mdc`` the minimal detectable change at 95 %
    by_age    means by age, where age counts
    flag      where the norm comes from: R read in the source, M from memory of it (``verify``), P proposed, D derived
    """

    key: str
    name: str
    plain: str
    region: Region
    unit: str
    views: tuple[View, ...]
    bands: tuple[float, float, float] | None
    centre: float
    parts_at: float
    judging: bool
    abnormal: str
    mirror: str
    side: Side | None
    mean: float | None
    sd: float | None
    mdc: float | None
    source: tuple[str, ...]
    flag: str
    verify: bool
    tier: str
    by_age: tuple[AgeMean, ...]
    needs: str
    plus: str
    minus: str
    level: str
    what: str
    how: str
    why: str
    limits: str

    @property
    def table(self) -> str:
        """The table's name in norms.toml: ``knee_angle`` for ``knee_angle_left``."""
        return self.key.removesuffix(f"_{self.side}") if self.side else self.key

    def deviation(self, value: float) -> float:
        """Distance from the centre in the direction that counts; negative on the side that is never abnormal."""
        off = value - self.centre
        return abs(off) if self.abnormal == "both" else off if self.abnormal == "high" else -off

    @property
    def step(self) -> float:
        """How large a small difference is: the neutral band, or the standard deviation where nothing is graded."""
        return self.bands[0] if self.bands else (self.sd or 1.0)

    def severity(self, value: float, low: float, high: float) -> Severity:
        """Grade a value with its 95 % interval; nothing inside its own noise is graded."""
        if self.bands is None:
            return Severity.UNGRADED
        neutral, mild, moderate = self.bands
        ends = (self.deviation(low), self.deviation(high))
        if max(ends) <= neutral:
            return Severity.NEUTRAL
        astride = self.abnormal == "both" and (low - self.centre) * (high - self.centre) < 0
        if astride or min(ends) <= neutral:
            return Severity.WITHIN_NOISE
        size = self.deviation(value)
        return Severity.MILD if size <= mild else Severity.MODERATE if size <= moderate else Severity.MANUAL_MEASURES

    def age_mean(self, band: str | None) -> AgeMean | None:
        """Give the mean of an age band, or None where there is none or no band is known."""
        return next((norm for norm in self.by_age if norm.band == band), None)

    def at_age(self, band: str | None) -> "Norm":
        """Return the norm as it grades people of an age band: against their mean, where there is one."""
        age = self.age_mean(band)
        if age is None:
            return self
        bands = ((1.0 - MILD_PART) * age.mean, (1.0 - MODERATE_PART) * age.mean, age.mean)
        return replace(self, centre=age.mean, bands=bands, abnormal="low")

    def words(self, value: float, severity: str) -> str:
        """Say the value with its side: ``right shoulder 2.1° higher``."""
        value = round(value, self.digits)
        off = round(value - self.parts_at, self.digits)
        off = 0.0 if self.judging and abs(off) <= self.step else off
        text = self.plus if off > 0 else self.minus if off < 0 else self.level
        said = text.format(size=self.size(abs(off)), value=self.size(value))
        return f"{said}{within_noise()}" if severity == "within_noise" and off else said

    def as_level(self, value: float) -> str:
        """Say of a usual value that it is usual, with its size: ``head level (0.2°)``."""
        value = round(value, self.digits)
        off = round(value - self.parts_at, self.digits)
        said = self.level.format(value=self.size(value))
        return said if "{value}" in self.level or not off else f"{said} ({self.size(abs(off))})"

    def size(self, value: float) -> str:
        """Write a value with its unit: ``2.1°``."""
        return number(value, f".{self.digits}f") + (_(suffix) if (suffix := _SUFFIX[self.unit]) else "")

    @property
    def digits(self) -> int:
        """Decimal places that are worth saying."""
        return _DIGITS.get(self.unit, 1)


_DIGITS = {"s": 0, "mm": 0, "ratio": 2}
_SUFFIX = {
    "deg": "°",
    "% of height": N_(" % of height"),
    "% of chord": " %",
    "mm": " mm",
    "s": " s",
    "ratio": "",
    "%": " %",
}


def within_noise() -> str:
    """Say what follows the words of a value inside its own noise."""
    return _(", within the noise")


def without_noise(words: str) -> str:
    """Take the words of a value, in whatever language, without the remark that it lies inside its own noise."""
    for said in all_translations(N_(", within the noise")):
        words = words.removesuffix(said)
    return words


def read_norms(data: Mapping[str, object], sources: Mapping[str, object], faults: Faults) -> dict[str, Norm]:
    """Read norms.toml; a table with ``sided = true`` gives one norm for each side."""
    norms: dict[str, Norm] = {}
    for name, rows in data.items():
        table = Table("norms.toml", name, rows, faults)
        for side in (Side.LEFT, Side.RIGHT) if _sided(table) else (None,):
            norm = _norm(name, side, table, sources)
            norms[norm.key] = norm
        table.done()
    return norms


def _sided(table: Table) -> bool:
    """Whether the table speaks of the left and of the right at once."""
    return table.flag("sided")


def _norm(name: str, side: Side | None, table: Table, sources: Mapping[str, object]) -> Norm:
    said = {key: table.text(key, "") for key in ("plus", "minus", "level")}
    said = {key: with_sides(text, side) for key, text in said.items()} if side else said
    _check_templates(table, said)
    centre = table.number("centre", -1000.0, 1000.0, 0.0)
    return Norm(
        key=f"{name}_{side}" if side else name,
        name=table.text("name"),
        plain=_("{side} {part}", side=side_word(side), part=table.text("plain")) if side else table.text("plain"),
        region=read_region(table),
        unit=table.choice("unit", UNITS),
        views=tuple(View(view) for view in table.names("views", tuple(View)) if view in tuple(View)),
        bands=_bands(table),
        centre=centre,
        parts_at=table.number("parts_at", -1000.0, 1000.0, centre),
        judging=table.flag("judging"),
        abnormal=table.choice("abnormal", ABNORMAL, "both"),
        mirror=table.choice("mirror", MIRRORS),
        side=side,
        mean=table.optional("mean", -1000.0, 1000.0),
        sd=table.optional("sd", 0.0, 1000.0),
        mdc=table.optional("mdc", 0.0, 1000.0),
        source=table.names("source", sources),
        flag=table.choice("flag", FLAGS),
        verify=table.flag("verify"),
        tier=table.choice("tier", TIERS),
        by_age=_by_age(table),
        needs=table.text("needs", ""),
        plus=said["plus"],
        minus=said["minus"],
        level=said["level"],
        what=table.text("what"),
        how=table.text("how"),
        why=table.text("why"),
        limits=table.text("limits"),
    )


def _by_age(table: Table) -> tuple[AgeMean, ...]:
    means = []
    for row in table.tables("by_age"):
        means.append(AgeMean(row.text("band"), row.number("mean", 1e-6, 1000.0), row.text("who")))
        row.done()
    return tuple(means)


def _bands(table: Table) -> tuple[float, float, float] | None:
    if "bands" not in table.data:
        return None
    neutral, mild, moderate = table.numbers("bands", 3)
    if not 0 < neutral < mild < moderate:
        table.fault("bands", [neutral, mild, moderate], _("three growing numbers above 0: neutral, mild, moderate"))
    return neutral, mild, moderate


def _check_templates(table: Table, said: Mapping[str, str]) -> None:
    for key, template in said.items():
        try:
            template.format(size="", value="")
        except (KeyError, IndexError, ValueError):
            table.fault(key, template, _("a text with {size}, {value} or {side}"))
        if not template:
            table.fault(key, "", _("a text"))
    if not table.names("source", None, ()):
        table.fault("source", [], _("at least one source"))
