"""Kernels that are forked: a real one for each report, with nothing of another report in it."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from malstyr_lib.batch.warm import FORKS, context, outlive_nobody

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess


_LOOKED_EVERY_S: Final = 0.01


def manager(scratch: Path) -> type[AsyncKernelManager]:
    """Return what keeps a kernel: forked, if kernels are, and with sockets in a folder of ours.

    scratch: the folder, whose path is short and unique. Without POSIX it is the usual one.
    """
    return _private(scratch) if os.name == "posix" else AsyncKernelManager


def _private(scratch: Path) -> type[AsyncKernelManager]:
    class Private(AsyncKernelManager):
        def __init__(self, **settings: Any) -> None:
            sockets, told = str(scratch / "k"), str(scratch / "kernel.json")
            super().__init__(transport="ipc", ip=sockets, connection_file=told, **settings)
            if FORKS:
                self.kernel_id = scratch.name
                self.provisioner = Forked(
                    kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self
                )

    return Private


class Forked(LocalProvisioner):
    """Starts a kernel as a fork of the preloaded process, and keeps it as any other."""

    process: Any = None

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Start the kernel; return how to talk to it."""
        arguments, folder = cmd[cmd.index("-f") :], str(kwargs.get("cwd") or Path.cwd())
        serving = context().Process(  # type: ignore[attr-defined]
            target=_serve, args=(arguments, folder, dict(kwargs["env"])), daemon=True
        )
        serving.start()
        self.process = _Process(serving)
        self.pid = self.pgid = serving.pid
        self.cwd = folder
        return self.connection_info

    async def wait(self) -> int | None:
        """Wait for the kernel to end, and forget it."""
        if self.process is None:
            return 0
        while self.process.poll() is None:
            await asyncio.sleep(_LOOKED_EVERY_S)
        code: int | None = self.process.wait()
        self.process = None
        return code


class _Process:
    """A forked process as the kernel's keeper expects one to be (`subprocess.Popen`)."""

    stdin = stdout = stderr = None

    def __init__(self, process: BaseProcess) -> None:
        self._process = process
        self.pid = process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self) -> int | None:
        self._process.join()
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        if self.pid is not None and self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def _serve(arguments: list[str], folder: str, environment: Mapping[str, str]) -> None:
    """Be a kernel: in a session, folder and environment of its own, with its own random numbers."""
    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    os.environ.pop("JPY_PARENT_PID", None)  # whose child this is not, so it would end at once
    signal.signal(signal.SIGINT, signal.default_int_handler)
    random.seed()
    np.random.seed()
    multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]
    outlive_nobody()
    _launch(arguments)


def _launch(arguments: list[str]) -> None:
    from ipykernel.kernelapp import launch_new_instance

    sys.argv = ["ipykernel_launcher", *arguments]
    start: Callable[..., None] = launch_new_instance
    start(argv=arguments)
