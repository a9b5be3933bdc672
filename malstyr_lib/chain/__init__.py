"""The goal chain: whether it holds from the council's goal to the unit's activity, and back.

Pure: a `Basis` in, remarks and tables out.
Docs: docs/handbok/styrmodellen.md, docs/metod.md section 15.
"""

from malstyr_lib.chain.basis import Basis, Remark, goals, table
from malstyr_lib.chain.expectations import LEDGER, SCORED, ledger, ledger_words
from malstyr_lib.chain.perspectives import coverage
from malstyr_lib.chain.rules import lint
from malstyr_lib.chain.targets import TARGETS, aim, precedent, standings
from malstyr_lib.chain.work_rules import moved_ground, moved_words

__all__ = [
    "LEDGER",
    "SCORED",
    "TARGETS",
    "Basis",
    "Remark",
    "aim",
    "coverage",
    "goals",
    "ledger",
    "ledger_words",
    "lint",
    "moved_ground",
    "moved_words",
    "precedent",
    "standings",
    "table",
]
