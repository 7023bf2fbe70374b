"""The data that all systems serve: `chayan demo` writes it, the same bytes for the same size and seed."""
import glob
import json
import os
import shutil
import subprocess


class Dataset:
    def __init__(self, chayan, work, institutions, certificates):
        self.chayan = chayan
        self.certificates = certificates
        self.name = os.path.join(work, f"{institutions}-{certificates}")
        self.demo = self.name + ".demo"
        self.data = self.name + ".data"
        self.truth = os.path.join(self.demo, "truth.ndjson")
        self.credential = self.name + ".credential"
        self._make(institutions)

    def _make(self, institutions):
        """Leaves alone what an earlier run has finished: 10^7 certificates take most of an hour."""
        done = self.name + ".done"
        if os.path.exists(done):
            return
        for left in glob.glob(glob.escape(self.name) + ".*"):
            shutil.rmtree(left) if os.path.isdir(left) else os.remove(left)
        _run(self.chayan, "demo", "--institutions", str(institutions), "--certificates", str(self.certificates),
             "--seed", "1", "--out", self.demo)
        _run(self.chayan, "import", "--data", self.data, os.path.join(self.demo, "registry.ndjson"))
        secret = _run(self.chayan, "credentials", "add", "load", "--quota", "1000000000", "--data", self.data)
        with open(os.open(self.credential, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as out:
            out.write(secret)
        with open(done, "w", encoding="ascii"):
            pass

    def bytes_on_disk(self):
        return sum(os.path.getsize(os.path.join(folder, name))
                   for folder, _, names in os.walk(self.data) for name in names)

    def truths(self):
        """Each certificate's truth, as a dictionary."""
        with open(self.truth, encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)

    def institutions(self):
        """Credit code and name of each."""
        with open(os.path.join(self.demo, "institutions.ndjson"), encoding="utf-8") as lines:
            for line in lines:
                institution = json.loads(line)
                yield institution["credit_code"], institution["name"]

    def occupations(self):
        """Code and name of each; they stand at the beginning of the registry."""
        with open(os.path.join(self.demo, "registry.ndjson"), encoding="utf-8") as lines:
            for line in lines:
                change = json.loads(line)
                if change["kind"] == "occupation.put":
                    yield change["code"], change["name"]
                elif change["kind"].startswith("certificate"):
                    return


def _run(*command):
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command[:2])} failed: {(done.stderr or done.stdout)[-2000:]}")
    return done.stdout
