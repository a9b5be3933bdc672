"""Fetching, against koladapy and against the latency floor of the plan; prints ratios.

Run: uv run python benchmarks/hamta.py [--varv N]

60 KPIs × 290 municipalities × 15 years × T, K and M from the stand-in server, which runs in a
process of its own and sends every answer 60 ms after the question came. Its answers are made once,
in a first round that is not timed, so that the clients are measured and not the server. Both have
their throttle off, run in turn in the same run, and must get the same values. The floor is
requests × 60 ms ÷ 4 connections: what the network alone would take.
"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import resource
import statistics
import time
from contextlib import redirect_stderr, suppress
from multiprocessing.connection import Connection
from typing import Any

import pandas as pd
from koladapy import KoladaAPI

from malstyr_lib import params, tables
from malstyr_lib.kolada import KoladaClient, query
from malstyr_lib.ovning import server
from malstyr_lib.ovning.server import serve
from malstyr_lib.ovning.world import exercise_world
from malstyr_lib.workspace import packaged

LATENCY_S = 0.060
CONNECTIONS = 4
KPIS, YEARS = 60, range(2011, 2026)
KEY = ["kpi", "municipality", "period", "gender"]


def play(told: Connection) -> None:
    """Serve the exercise world with latency until the parent hangs up."""
    respond = server.respond
    made: dict[str, Any] = {}

    def slowly(held: Any, target: str, *, base: str) -> Any:
        due = time.perf_counter() + LATENCY_S
        answer = made.get(target) or made.setdefault(target, respond(held, target, base=base))
        time.sleep(max(0.0, due - time.perf_counter()))
        return answer

    server.respond = slowly
    with serve(exercise_world(params.load(packaged("params")).kpis)) as running:
        told.send(running.url)
        with suppress(EOFError):
            told.recv()


def ours(url: str, kpis: list[str], areas: list[str]) -> tuple[float, pd.DataFrame]:
    began = time.perf_counter()
    with KoladaClient(url, requests_per_s=None, connections=CONNECTIONS) as client:
        table = client.values(kpis, areas, YEARS)
    return time.perf_counter() - began, table


def theirs(url: str, kpis: list[str], areas: list[str]) -> tuple[float, pd.DataFrame]:
    api = KoladaAPI(base_url=f"{url}/", max_requests_per_second=1e9)
    began = time.perf_counter()
    rows = api.get_values(kpi_id=kpis, municipality_id=areas, years=list(YEARS))
    cells = [
        (row["kpi"], row["municipality"], row["period"], cell["gender"], cell["value"])
        for row in rows
        for cell in row["values"]
    ]
    table = pd.DataFrame(cells, columns=[*KEY, "value"])
    taken = time.perf_counter() - began
    api.session.close()
    return taken, table


def same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    left, right = (
        table.astype({"value": "float64"}).sort_values(KEY, ignore_index=True)[[*KEY, "value"]]
        for table in (one, other)
    )
    return len(left) == len(right) and left.equals(right.astype(left.dtypes.to_dict()))


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--varv", type=int, default=3)
    rounds = arguments.parse_args().varv
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=play, args=(there,), daemon=True)
    process.start()
    url = here.recv()
    with KoladaClient(url, requests_per_s=None) as client:
        areas = tables.municipalities_only(client.municipalities())
    kpis = [kpi.id for kpi in params.load(packaged("params")).kpis][:KPIS]
    plan = query.values(query.asked(kpis=kpis, municipalities=areas, years=YEARS))
    floor = len(plan) * LATENCY_S / CONNECTIONS
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    times: dict[str, list[float]] = {"malstyr": [], "koladapy": []}
    for number in range(rounds + 1):
        taken, table = ours(url, kpis, areas)
        if number == 0:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
            size = table.memory_usage(deep=True).sum() / 1024
            print(f"peak memory / table: {peak / size:.2f} ({peak / 1024:.0f} MiB)")
        with redirect_stderr(io.StringIO()):
            taken_by_peer, peer = theirs(url, kpis, areas)
        print(f"round {number}: same values: {same(table, peer)}, {len(table)} rows", flush=True)
        if number > 0:
            times["malstyr"].append(taken)
            times["koladapy"].append(taken_by_peer)
    mine, peers = (statistics.median(times[name]) for name in ("malstyr", "koladapy"))
    print(f"malstyr {mine:.2f} s, koladapy {peers:.2f} s (medians of {rounds})")
    print(f"plan: {len(plan)} requests, floor {floor:.2f} s")
    print(f"malstyr / floor: {mine / floor:.2f}")
    print(f"koladapy / malstyr: {peers / mine:.2f}")
    here.close()
    process.join(timeout=5)


if __name__ == "__main__":
    main()
