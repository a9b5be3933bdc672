"""Processes that start at once: forked from one that has imported what every report needs.

Where the platform can't fork, they start as they always do, with the same results.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from multiprocessing.connection import wait
from multiprocessing.context import BaseContext
from typing import Any, Final

FORKS: Final = sys.platform == "linux"
"""Whether kernels are forked here: elsewhere a fork is not safe, or not there."""
PRELOADED: Final = (
    "ipykernel.debugger",
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "matplotlib.backends.backend_agg",
    "seaborn",
    "scipy.stats",
    "malstyr_lib.batch.making",
    "malstyr_lib.questions.catalogue",
    "malstyr_lib.report.committee",
    "malstyr_lib.report.analysis_group",
    "malstyr_lib.report.interim",
    "malstyr_lib.report.annual",
    "malstyr_lib.report.key_figures",
    "malstyr_lib.report.unit_sheet",
    "malstyr_lib.report.forms.excel",
    "pypandoc",
    "typst",
    "xlsxwriter",
)
"""What is imported once, before the first fork."""
_ONE_THREAD: Final = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
_QUIET: Final = "PYDEVD_DISABLE_FILE_VALIDATION"
"""Keeps the debugger, which every kernel has, from warning of what nobody is debugging."""


def context() -> BaseContext:
    """Return what starts processes: forked from a preloaded one where that can be done."""
    if not FORKS:
        return multiprocessing.get_context("spawn")
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload([*PRELOADED])
    return found


def warm_up() -> None:
    """Start the process to fork from, which imports while this one goes on; once is enough."""
    if FORKS:
        from multiprocessing import forkserver

        for name in (*_ONE_THREAD, _QUIET):  # a process with threads can't be forked safely
            os.environ.setdefault(name, "1")
        context()
        forkserver.ensure_running()


def shared() -> str | None:
    """Return where the process to fork from listens, for those forked from it; None without one.

    And from Python 3.14 on, where it wants to be greeted with a key too.
    """
    if not FORKS or sys.version_info >= (3, 14):
        return None
    address: str | None = _server()._forkserver_address
    return address


def share(address: str | None) -> None:
    """Let a process that is forked itself fork from the same one, not import all once more.

    That is what the standard library says that it does; it doesn't. address: see `shared`.
    """
    if address is None:
        return
    server = _server()
    server._forkserver_address = address
    server.ensure_running = lambda: None


def _server() -> Any:
    """Return what keeps the process to fork from, which only POSIX has."""
    from multiprocessing import forkserver

    return forkserver._forkserver


def outlive_nobody() -> None:
    """End this process as soon as the one that asked for it is gone, however it went."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent.sentinel,), daemon=True).start()


def _follow(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
