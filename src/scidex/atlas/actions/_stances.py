"""The one rule about stances that verbs enforce: a result that shows nothing may not be filed as if it did."""

from __future__ import annotations

from scidex.atlas.evidence.effects import stance_of
from scidex.atlas.evidence.model import Effect, Stance
from scidex.kernel.errors import Invalid


def check_stance(stance: Stance, effect: Effect) -> None:
    """Raises Invalid if `effect` shows nothing either way and `stance` says that it does."""
    if stance in (Stance.CONTRADICTS, Stance.SUPPORTS) and stance_of(effect, claimed="higher") is Stance.NOT_SHOWN:
        raise Invalid(
            f"With {f'p {effect.p}' if effect.p else 'an interval over the null value'} the result shows nothing either way; "
            f"it cannot be filed as “{stance}”.",
            cure="File it as “not-shown”: the absence of a shown effect is a result of its own.",
        )
