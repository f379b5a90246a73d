"""Reads p values and intervals out of text, exactly, and says what they show.

The rule: p ≥ 0.05, or an interval over the null value of its measure (1 for a ratio, 0 for a difference), shows nothing
either way, so the stance is `not-shown` and never `contradicts`. Only a significant effect in the other direction
contradicts (Altman and Bland 1995, "Absence of evidence is not evidence of absence", doi:10.1136/bmj.311.7003.485).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from scidex.atlas.evidence.model import Effect, Measure, Stance
from scidex.kernel.errors import Invalid

SIGNIFICANT_BELOW = Decimal("0.05")
MOST_TEXT = 100_000
"""Code points of a text that is searched for p values or effects; the rest of a longer one is not read."""

Sign = Literal["<", "≤", "=", ">", "≥"]
_SIGNS: dict[str, Sign] = {"<": "<", "≤": "≤", "⩽": "≤", "=": "=", ">": ">", "≥": "≥", "⩾": "≥", "<=": "≤", ">=": "≥"}
# Repetitions are bounded, so that no text is read more than a fixed number of times.
_P = re.compile(
    r"(?<![^\W\d_])p(?:[ -]{0,2}values?)?(?: for trend)?(?:(?: was)?[\s]{0,3}(<=|>=|[<≤⩽=>≥⩾])|(?: was| of)(?=\s))[\s]{0,3}"
    r"(\d?[.,·]\d{1,30}|\d(?=[\s]{0,2}[x×*e])|[01])(?![\d]|[.,·]\d)"
    r"(?:[\s]{0,2}[x×*][\s]{0,2}10[\s]{0,1}\^?([-−–]\d{1,3}|⁻[⁰¹²³⁴-⁹]{1,3}))?(e-?\d{1,3})?",
    re.IGNORECASE,
)
_NOT_SIGNIFICANT = re.compile(
    r"(?<!\w)(?:p[\s]{0,2}=[\s]{0,2})?(?:n\.s\.|NS(?!\w)|not (?:statistically )?significant(?:ly)?(?!\w))"
)
_SUPERSCRIPTS = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−–", "-0123456789--")


@dataclass(frozen=True, slots=True)
class PValue:
    """A p value as printed: `value` is a decimal as text, None for "n.s."; `sign` says how p stands to it."""

    sign: Sign
    value: str | None
    printed: str

    @property
    def significant(self) -> bool | None:
        """Whether p < 0.05. None where what is printed does not settle it ("p < 0.1", "p > 0.01")."""
        if self.value is None:
            return False
        number = Decimal(self.value)
        if self.sign == "=":
            return number < SIGNIFICANT_BELOW
        if self.sign in {"<", "≤"}:
            small = number <= SIGNIFICANT_BELOW if self.sign == "<" else number < SIGNIFICANT_BELOW
            return True if small else None
        return False if number >= SIGNIFICANT_BELOW else None


def read_p_value(text: str) -> PValue | None:
    """The first p value in `text`, None if there is none. Values above 1 are not p values and are passed over.

    >>> read_p_value("P < .001").value, read_p_value("p=0.45").significant, read_p_value("n.s.").significant
    ('0.001', False, False)
    """
    return next(iter(read_p_values(text)), None)


def read_p_values(text: str) -> tuple[PValue, ...]:
    """All p values in `text`, in the order they stand there."""
    text = text[:MOST_TEXT]
    found: list[tuple[int, PValue]] = []
    for match in _P.finditer(text):
        number = Decimal(match[2].replace("·", ".").replace(",", "."))
        power = (match[3] or "").translate(_SUPERSCRIPTS) or (match[4] or "e0")[1:]
        number = number.scaleb(int(power))
        if number <= 1:
            found.append((match.start(), PValue(_SIGNS[match[1] or "="], format(number, "f"), match[0])))
    found += [(match.start(), PValue("≥", None, match[0])) for match in _NOT_SIGNIFICANT.finditer(text)]
    return tuple(value for _, value in sorted(found, key=lambda each: each[0]))


_NUMBER = r"[-−+]?\d{0,9}[.·]?\d{1,9}"
_MEASURES: tuple[tuple[str, Measure], ...] = (
    (r"odds ratio|OR", Measure.ODDS_RATIO),
    (r"relative risk|risk ratio|RR", Measure.RISK_RATIO),
    (r"hazards? ratio|HR", Measure.HAZARD_RATIO),
    (r"(?:incidence )?rate ratio|IRR", Measure.RATE_RATIO),
    (r"standardi[sz]ed mean difference|SMD|Hedges['’]s? g|Cohen['’]s d", Measure.STANDARDISED_DIFFERENCE),
    (r"risk difference|RD", Measure.RISK_DIFFERENCE),
    (r"(?:weighted )?mean difference|between-group difference|W?MD", Measure.MEAN_DIFFERENCE),
)
_EFFECTS = tuple(
    (
        re.compile(
            rf"(?<!\w)(?i:{words.rsplit('|', 1)[0]})(?!\w)|(?<!\w)(?:{words.rsplit('|', 1)[1]})(?!\w)"
        ),
        measure,
    )
    for words, measure in _MEASURES
)  # fmt: skip
_ESTIMATE = re.compile(rf"[\s,:;=]{{0,3}}(?:\([A-Z]{{2,4}}\)[\s,:;=]{{0,3}}|was |of ){{0,2}}({_NUMBER})(?!\d|[.·]\d)")
_INTERVAL = re.compile(
    rf"[\s,;(\[]{{0,4}}(?:(\d\d(?:\.\d)?)[\s]?%[\s]?(?:[Cc]onfidence [Ii]nterval|CI|CrI)[\s,:;=(\[]{{0,4}})?"
    rf"({_NUMBER})(?:[\s]?(?:–|-|−|,|to)[\s]?)({_NUMBER})(?![\d.])"
)


def read_effect(text: str) -> Effect | None:
    """The first effect with a named measure in `text`, with its interval and p value where they follow; else None.

    >>> read_effect("OR 1.08 (95% CI 0.55 to 2.09), p=0.83")
    Effect(measure=<Measure.ODDS_RATIO: 'odds-ratio'>, estimate='1.08', low='0.55', high='2.09', level='95', p='=0.83')
    """
    text = text[:MOST_TEXT]
    first: tuple[int, re.Match[str], Measure] | None = None
    for pattern, measure in _EFFECTS:
        for named in pattern.finditer(text):
            if (number := _ESTIMATE.match(text, named.end())) and (first is None or named.start() < first[0]):
                first = (named.start(), number, measure)
                break
    if first is None:
        return None
    _, number, measure = first
    interval = _INTERVAL.match(text, number.end())
    low, high = (_plain(interval[2]), _plain(interval[3])) if interval else ("", "")
    if interval and Decimal(low) > Decimal(high):
        interval, low, high = None, "", ""
    after = text[(interval or number).end() :][:80]
    p = read_p_value(after.partition(". ")[0])
    shown = "" if p is None else "n.s." if p.value is None else f"{p.sign}{p.value}"
    return Effect(measure, _plain(number[1]), low, high, (interval[1] or "") if interval else "", shown)


def _plain(number: str) -> str:
    return number.replace("−", "-").replace("·", ".").removeprefix("+")


def spans_null(effect: Effect) -> bool | None:
    """Whether the interval holds the value of no effect. None if it has no measure or no interval.

    Raises Invalid if a bound is not a decimal, or low is above high.
    """
    if effect.measure is None or not effect.low or not effect.high:
        return None
    low, high = decimal_of(effect.low), decimal_of(effect.high)
    if low > high:
        raise Invalid(
            f"The interval {effect.low} to {effect.high} ends before it begins.", cure="Give low and high in order."
        )
    null = Decimal(1) if effect.measure.is_ratio else Decimal(0)
    return low <= null <= high


def stance_of(effect: Effect, *, claimed: Literal["higher", "lower"]) -> Stance | None:
    """What `effect` says of a claim that the estimate is `claimed`, higher or lower than no effect. None if it says nothing.

    An interval decides before a p value, since it is the fuller report. Raises Invalid for numbers that are none.
    """
    over = spans_null(effect)
    p = read_p_value(_with_letter(effect.p))
    significant = (not over) if over is not None else p.significant if p else None
    if significant is None:
        return None
    if not significant:
        return Stance.NOT_SHOWN
    if effect.measure is None or not effect.estimate:
        return None
    null = Decimal(1) if effect.measure.is_ratio else Decimal(0)
    estimate = decimal_of(effect.estimate)
    if estimate == null:
        return None
    return Stance.SUPPORTS if (estimate > null) == (claimed == "higher") else Stance.CONTRADICTS


def decimal_of(text: str) -> Decimal:
    """The decimal in `text` as printed, with either minus sign. Raises Invalid if it is none."""
    if not re.fullmatch(r"-?\d{1,12}(?:\.\d{1,12})?|-?\.\d{1,12}", _plain(text)):
        raise Invalid(f"“{text[:40]}” is not a decimal number.", cure="Write digits with a point, as in 0.45.")
    return Decimal(_plain(text))


def _with_letter(p: str) -> str:
    """A p value as it would stand in a sentence: "0.03" and "<0.03" get their letter."""
    if p[:1].isdigit() or p[:1] in {".", "·"}:
        return f"p={p}"
    return f"p{p}" if p[:1] in _SIGNS else p
