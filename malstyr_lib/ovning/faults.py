"""Faults by name, of the network and of the data: each turns an answer into what goes out.

Faults that stay strike the data only, so that a fetch has come far when it meets them, unless they
are by nature a fault of the whole way there. Numbers are those of the project's list of faults: N1
to N17 of the network, D1 to D8 of the data.
"""

from __future__ import annotations

from typing import Final

from malstyr_lib import text
from malstyr_lib.errors import UsageError
from malstyr_lib.ovning.answer_faults import DATA, PAGES
from malstyr_lib.ovning.fault import Fault
from malstyr_lib.ovning.network_faults import NETWORK

FAULTS: Final = {fault.name: fault for fault in (*NETWORK, *PAGES, *DATA)}


def named(name: str) -> Fault:
    """Return the fault with a name, or a UsageError that lists them all, or those of a number."""
    if name in FAULTS:
        return FAULTS[name]
    playing = [fault.name for fault in FAULTS.values() if fault.number == name.upper()]
    if playing:
        raise UsageError(
            f"{name.upper()} är ett nummer i fellistan, inget felläge. "
            f"Välj ett läge som spelar det: {text.listing(playing)}."
        )
    raise UsageError(
        f"Felläget '{name}' finns inte{text.did_you_mean(name, FAULTS)}\n"
        f"Välj ett av:\n{sentences()}"
    )


def sentences() -> str:
    """Return every fault on a line of its own: its name, its number and what it does."""
    return "\n".join(
        f"  {fault.name:<12} {fault.number:<4} {fault.sentence}" for fault in FAULTS.values()
    )
