"""The kinds of artifact, one file each. The folder is walked once; a new file is a new kind."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from scidex.atlas.kinds.base import Body, Kind, Mention, State
from scidex.kernel.errors import Invalid

__all__ = ["Body", "Kind", "Mention", "State", "all_kinds", "kind_of"]


@cache
def all_kinds() -> dict[str, Kind]:
    """Every kind by its slug."""
    modules = (importlib.import_module(f"{__name__}.{info.name}") for info in pkgutil.iter_modules(__path__))
    kinds = [module.KIND for module in modules if hasattr(module, "KIND")]
    return {kind.slug: kind for kind in sorted(kinds, key=lambda kind: kind.slug)}


def kind_of(slug: str) -> Kind:
    """The kind called `slug`. Raises Invalid if there is none."""
    try:
        return all_kinds()[slug]
    except KeyError:
        raise Invalid(f"There is no kind “{slug[:60]}”.", cure=f"Known kinds: {', '.join(all_kinds())}.") from None
