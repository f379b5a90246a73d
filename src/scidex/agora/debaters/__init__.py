"""Who argues when nobody else does: personas, which are content, and the rules by which they read typed evidence. Pure."""

from scidex.agora.debaters.brief import Brief, BriefItem
from scidex.agora.debaters.personas import Persona, Takes, personas
from scidex.agora.debaters.reading import DraftArgument, DraftTurn, turn_by_rule

__all__ = [
    "Brief",
    "BriefItem",
    "DraftArgument",
    "DraftTurn",
    "Persona",
    "Takes",
    "personas",
    "turn_by_rule",
]
