"""The strongly connected components of an argument graph: which arguments are about each other."""

from __future__ import annotations

from scidex.agora.argumentation.graph import ArgumentGraph


def components(graph: ArgumentGraph) -> list[tuple[int, ...]]:
    """Groups of arguments that lead to each other, those first that others rest on (Tarjan 1972, doi:10.1137/0201010).

    Arguments are in order within a group. A group of one may still be about itself. Walks by hand: a chain of a million
    arguments would be too deep for calls.
    """
    count = len(graph.bases)
    found: list[tuple[int, ...]] = []
    # When an argument was reached, the earliest that it leads back to, and how much of what is about it was looked at.
    reached, low, seen = [-1] * count, [0] * count, [0] * count
    waiting: list[int] = []
    depth = [-1] * count
    times = 0
    for root in range(count):
        walk = [root] if reached[root] < 0 else []
        while walk:
            argument = walk[-1]
            if reached[argument] < 0:
                reached[argument] = low[argument] = times
                times += 1
                depth[argument] = len(waiting)
                waiting.append(argument)
            about = graph.into[argument]
            # What is said about an argument has to be known first, so the walk goes from targets to sources.
            while seen[argument] < len(about):
                source = about[seen[argument]][0]
                if reached[source] < 0:
                    walk.append(source)
                    break
                seen[argument] += 1
                if depth[source] >= 0:
                    low[argument] = min(low[argument], low[source])
            else:
                walk.pop()
                if low[argument] == reached[argument]:
                    group = waiting[depth[argument] :]
                    del waiting[depth[argument] :]
                    for member in group:
                        depth[member] = -1
                    found.append(tuple(sorted(group)))
    return found
