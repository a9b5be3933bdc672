"""kill −9 at random moments of a fetch, many times; prints what was found, and fails on any fault.

Run: uv run python benchmarks/avbrott.py [--ganger N]

The same trial as in tests/test_kill.py: what is needed, everything and the changes in turn, each
killed after a random time between its first moment and a tenth longer than it takes undisturbed.
Afterwards the earlier snapshot must be unchanged, every object whole, what was told of still
there, and the next fetch must give what an undisturbed one gives, ask for no kept answer again and
leave no stray file.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections import Counter
from pathlib import Path

TESTS = Path(__file__).resolve().parent.parent / "tests"
sys.path.insert(0, str(TESTS))
os.environ["PYTHONPATH"] = str(TESTS)

from killing import WAYS, kill_once, stage  # noqa: E402 (its folder was made known above)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--ganger", type=int, default=300)
    times = arguments.parse_args().ganger
    count: Counter[str] = Counter()
    with (
        tempfile.TemporaryDirectory() as folder,
        stage(Path(folder)) as (url, base, right),
    ):
        for number in range(times):
            way = WAYS[number % len(WAYS)]
            trial = kill_once(way, url, base, right[way])
            count["killed before it was done"] += trial.killed and not trial.acknowledged
            count["killed when the snapshot was told of"] += trial.killed and trial.acknowledged
            count["done before it was killed"] += not trial.killed
            count["killed with kept answers"] += trial.killed and trial.kept > 0
            count["with a law broken"] += bool(trial.broken)
            for broken in trial.broken:
                print(f"{way}: {broken}", flush=True)
            if (number + 1) % 50 == 0:
                print(f"{number + 1} of {times}", flush=True)
    for what, amount in count.items():
        print(f"{what}: {amount} of {times}")
    sys.exit(bool(count["with a law broken"]))


if __name__ == "__main__":
    main()
