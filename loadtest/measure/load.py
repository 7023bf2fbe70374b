"""Runs of chayan-load and of the witnesses beside it, on the client's core."""
import json
import os
import re
import statistics
import subprocess
import tempfile


class Client:
    def __init__(self, generator, core, truth, seconds, warm_up):
        self.generator = generator
        self.cores = str(core)
        self.truth = truth
        self.seconds = seconds
        self.warm_up = warm_up

    def load(self, url, *options):
        """One run of chayan-load; its result as it wrote it. Wrong answers end everything."""
        with tempfile.NamedTemporaryFile(suffix=".json") as result:
            command = self._command(url, "--json", result.name, *options)
            done = self._on_core(command)
            if done.returncode not in (0, 3):
                raise RuntimeError(f"{' '.join(command[1:])}: {done.stdout}{done.stderr}")
            return json.load(result)

    def start(self, url, *options):
        """The same without waiting for its end, and without its result."""
        return subprocess.Popen(["taskset", "-c", self.cores, *self._command(url, *options)],
                                stdout=subprocess.DEVNULL)

    def on(self, cores):
        """The same client with other cores."""
        return Client(self.generator, ",".join(str(core) for core in cores), self.truth, self.seconds, self.warm_up)

    def wrk(self, url, *options):
        """Answers a second, by wrk."""
        done = self._on_core(["wrk", "-t1", "-c64", f"-d{max(1, round(self.seconds))}s", *options[:2], url, *options[2:]])
        if "Non-2xx" in done.stdout:
            raise RuntimeError(f"wrk: answers other than 200: {done.stdout}")
        return _number(r"Requests/sec:\s+([\d.]+)", done.stdout)

    def h2load(self, url, *options):
        """Answers a second, by h2load over HTTP/1.1."""
        done = self._on_core(["h2load", "--h1", "-t1", "-c64", "-D", str(max(1, round(self.seconds))), *options, url])
        return _number(r"finished in .*?, ([\d.]+) req/s", done.stdout)

    def _command(self, url, *options):
        return [self.generator, url, "--truth", self.truth, "--seconds", str(self.seconds), "--warm-up",
                str(self.warm_up), *options]

    def _on_core(self, command):
        return subprocess.run(["taskset", "-c", self.cores, *command], capture_output=True, text=True, check=False,
                              env={**os.environ, "LC_ALL": "C.UTF-8"})


def _number(pattern, text):
    found = re.search(pattern, text)
    if not found:
        raise RuntimeError(f"cannot read this: {text[-1000:]}")
    return round(float(found.group(1)))


def spread(values):
    return {"median": statistics.median(values), "low": min(values), "high": max(values), "rounds": list(values)}
