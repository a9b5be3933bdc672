"""Where labels are written so that none lies over another: as near their own place as they can."""

from __future__ import annotations

from collections.abc import Sequence


def spread(places: Sequence[float], apart: float) -> list[float]:
    """Return places at least so far apart, in the order of those given and near them.

    Places that crowd are set evenly about their middle; those with room stay where they are.
    """
    order = sorted(range(len(places)), key=lambda at: places[at])
    clusters: list[list[int]] = []
    for at in order:
        clusters.append([at])
        while len(clusters) > 1 and _crowd(clusters[-2], clusters[-1], places, apart):
            clusters[-2:] = [clusters[-2] + clusters[-1]]
    found = list(places)
    for cluster in clusters:
        for at, place in zip(cluster, _even(cluster, places, apart), strict=True):
            found[at] = place
    return found


def _crowd(
    below: Sequence[int], above: Sequence[int], places: Sequence[float], apart: float
) -> bool:
    """Return whether two clusters, each set evenly, come too near one another."""
    gap = _even(above, places, apart)[0] - _even(below, places, apart)[-1]
    return gap < apart * (1 - 1e-9)


def _even(cluster: Sequence[int], places: Sequence[float], apart: float) -> list[float]:
    """Return the places of one cluster, evenly about the middle of those it wants."""
    middle = sum(places[at] for at in cluster) / len(cluster)
    start = middle - apart * (len(cluster) - 1) / 2
    return [start + apart * number for number in range(len(cluster))]
