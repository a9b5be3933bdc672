"""Many municipalities' committee reports in one run: reports a minute, memory, bytes, growth.

Run: uv run python benchmarks/kommuner.py --lager MAPP [--params MAPP] [--antal 100]

The store must hold all municipalities' values, as one fetched from the stand-in over real figures.
The peer is the run itself: its last half beside its first tenth, and what one report takes alone.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from malstyr_lib import workspace
from malstyr_lib.batch import homes

MARK = "MALSTYR_MATNING"


def run(place: workspace.Workspace, codes: Sequence[str], workers: int) -> None:
    """Make four committees' reports of some municipalities, and print what that took."""
    asked = place.output / "kommuner.txt"
    place.output.mkdir(parents=True)
    asked.write_text("\n".join(codes), encoding="utf-8")
    command = [
        *(sys.executable, "-m", "malstyr_lib.cli", "rapport", "--kommun", str(asked), "--json"),
        *("--typ", "namnd", "--form", "html", "--arbetare", str(workers)),
        *("--params", str(place.params), "--lager", str(place.store), "--ut", str(place.output)),
    ]
    mark = f"{MARK}={place.output}"
    began, done = time.perf_counter(), 0
    with (
        watched(mark) as peaks,
        subprocess.Popen(
            command,
            env=os.environ | {MARK: str(place.output)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        ) as running,
    ):
        assert running.stderr
        for line in running.stderr:
            event, now = json.loads(line), time.perf_counter() - began
            if event["event"] == "plan":
                print(f"planned {event['todo']} reports after {now:.1f} s", flush=True)
            done += event["event"] == "done"
            if event["event"] == "failed":
                print(f"failed: {event}", flush=True)
            if event["event"] == "done" and done in {4 * n for n in (1, 10, 25, 50, 75, 100)}:
                each = f"{done / now * 60:.1f} reports a minute, {max(peaks) / 2**20:.0f} MiB"
                print(f"{done // 4} municipalities: {now:.0f} s, {each} at most", flush=True)
    total = time.perf_counter() - began
    print(f"code {running.returncode}: {done} reports in {total:.0f} s")
    print(f"{size(place.output) / len(codes) / 1e6:.2f} MB of output each municipality")
    print(f"{size(place.store) / 1e6:.0f} MB of store for all")


@contextmanager
def watched(mark: str) -> Iterator[list[int]]:
    """Give the memory of all processes with a mark, each page counted once, second by second."""
    seen, over = [0], threading.Event()

    def look() -> None:
        while not over.wait(1.0):
            seen.append(sum(map(proportional, marked(mark))))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def marked(mark: str) -> Iterator[Path]:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (process / "environ").read_bytes():
                yield process
        except OSError:
            continue


def proportional(process: Path) -> int:
    """Return a process' bytes of memory, its share of what it shares with others."""
    try:
        for line in (process / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--lager", type=Path, required=True)
    asked.add_argument("--params", type=Path, default=Path("params"))
    asked.add_argument("--antal", type=int, default=100)
    asked.add_argument("--arbetare", type=int, default=2)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as name:
        output = Path(name) / "ut"
        place = workspace.find(params=given.params, store=given.lager, output=output)
        every = homes.codes("alla", place)
        run(place, every[:: max(1, len(every) // given.antal)][: given.antal], given.arbetare)


if __name__ == "__main__":
    main()
