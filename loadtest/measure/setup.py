"""What a measurement needs from the distribution, and the programs of this repository."""
import os
import shutil
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def install_and_build(packages, targets):
    """The same way as run.sh and test.sh do."""
    subprocess.run(["bash", "-euo", "pipefail", "-c", 'source .ci/prepare.sh; packages=($1); install_build_packages '
                    '"${packages[@]}"; build release $2 >/dev/null', "setup", " ".join(packages), " ".join(targets)],
                   cwd=ROOT, check=True)


def program(name):
    return os.path.join(ROOT, "build", "release", name)


def peer_packages():
    packages = ["nginx-light", "redis-server", "postgresql", "wrk", "nghttp2-client"]
    if not shutil.which("npm"):
        packages += ["nodejs", "npm"]
    return packages
