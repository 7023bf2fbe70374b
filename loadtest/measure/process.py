"""Programs that are started for a measurement, pinned to cores, and ended with it."""
import os
import signal
import socket
import subprocess
import time


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Pinned:
    """A server on given cores. Its output goes to a file, which says why where it does not start."""

    def __init__(self, command, cores, log, environment=None):
        self.log = log
        core_list = ",".join(str(core) for core in cores)
        self.started = time.monotonic()
        with open(log, "w", encoding="utf-8") as out:
            self.process = subprocess.Popen(["taskset", "-c", core_list, *command], stdout=out, stderr=out,
                                            env={**os.environ, **(environment or {})})

    def said(self):
        with open(self.log, encoding="utf-8", errors="replace") as out:
            return out.read()

    def wait_for_port(self, port, seconds=120):
        while time.monotonic() - self.started < seconds:
            if self.process.poll() is not None:
                break
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.002)
        raise RuntimeError(f"{self.process.args[3]} does not listen: {self.said()[-2000:]}")

    def resident_mib(self):
        """Of the process and its children: a master and its workers, a database's sessions."""
        return sum(_resident_kib(pid) for pid in _family(self.process.pid)) / 1024

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


def _family(pid):
    pids = [pid]
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as children:
            for child in children.read().split():
                pids += _family(int(child))
    return pids


def _resident_kib(pid):
    # Shared pages (a database's buffers) are divided by those who share them.
    with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as rollup:
        return next(int(line.split()[1]) for line in rollup if line.startswith("Pss:"))
