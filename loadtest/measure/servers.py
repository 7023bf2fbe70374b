"""The systems that are measured, each with its own temporary folder and port, all on the server's core."""
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.request

from .process import Pinned, free_port

HERE = os.path.dirname(os.path.abspath(__file__))
FASTIFY = os.path.join(os.path.dirname(HERE), "peers", "fastify")


class Chayan:
    def __init__(self, binary, dataset, cores, folder, threads=1, options=()):
        self.binary, self.dataset, self.cores, self.folder = binary, dataset, cores, folder
        self.threads, self.options = threads, options
        self.start_ms = None

    def start(self):
        """Until the first verification is answered; how long that took is start_ms."""
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.server = Pinned(
            [self.binary, "serve", "--data", self.dataset.data, "--listen", f"127.0.0.1:{port}", "--threads",
             str(self.threads), "--no-limits", *self.options], self.cores, os.path.join(self.folder, "chayan.log"))
        self.server.wait_for_port(port)
        verify(self.url, next(self.dataset.truths()))
        self.start_ms = (time.monotonic() - self.server.started) * 1000
        return self

    def stop(self):
        self.server.stop()


class Nginx:
    """Constants in the place of Chayan's answers."""

    def __init__(self, constants, core, folder):
        """`constants`: bytes by path."""
        self.folder = os.path.join(folder, "nginx")
        os.makedirs(self.folder, exist_ok=True)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.core = core
        locations = "\n".join(f"location {path} {{ {_constant(size)} }}" for path, size in constants.items())
        temporary = " ".join(f"{kind}_temp_path {self.folder};"
                             for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        with open(os.path.join(self.folder, "nginx.conf"), "w", encoding="ascii") as out:
            out.write(f"""
worker_processes 1; daemon off; pid {self.folder}/nginx.pid; error_log {self.folder}/error.log;
events {{ worker_connections 20000; }}
http {{
  access_log off; keepalive_requests 1000000000; keepalive_timeout 1h; {temporary}
  server {{ listen 127.0.0.1:{self.port} reuseport; default_type application/json; {locations} }}
}}
""")

    def start(self):
        self.server = Pinned(["nginx", "-c", f"{self.folder}/nginx.conf", "-e", f"{self.folder}/error.log"],
                             [self.core], f"{self.folder}/log")
        self.server.wait_for_port(self.port)
        return self

    def stop(self):
        self.server.stop()


def _constant(size):
    # A word of nginx's configuration has 4,096 bytes at most: a longer constant is put together from variables.
    pieces = [min(4000, size - at) for at in range(0, size, 4000)]
    sets = " ".join(f"set $piece{i} {'x' * piece};" for i, piece in enumerate(pieces))
    return sets + " return 200 " + "".join(f"$piece{i}" for i in range(len(pieces))) + ";"


class Redis:
    """A record under each certificate number, in memory alone."""

    def __init__(self, dataset, core, folder, record_bytes):
        self.dataset, self.core, self.record_bytes = dataset, core, record_bytes
        self.folder = os.path.join(folder, "redis")
        os.makedirs(self.folder, exist_ok=True)

    def start(self):
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}"
        self.server = Pinned(["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "",
                              "--appendonly", "no", "--dir", self.folder], [self.core], f"{self.folder}/log")
        self.server.wait_for_port(self.port)
        self._fill()
        return self

    def _fill(self):
        record = b"x" * self.record_bytes
        pipe = subprocess.Popen(["redis-cli", "-p", str(self.port), "--pipe"], stdin=subprocess.PIPE,
                                stdout=subprocess.DEVNULL)
        for truth in self.dataset.truths():
            number = truth["certificate_number"].encode()
            pipe.stdin.write(b"*3\r\n$3\r\nSET\r\n$%d\r\n%s\r\n$%d\r\n%s\r\n"
                             % (len(number), number, len(record), record))
        pipe.stdin.close()
        if pipe.wait() != 0:
            raise RuntimeError("Redis did not take the records.")

    def stop(self):
        self.server.stop()


class Postgres:
    """The tables that Fastify reads. PostgreSQL refuses to run as root, so then it runs as its package's user."""

    def __init__(self, dataset, core, folder):
        self.dataset, self.core = dataset, core
        self.folder = tempfile.mkdtemp(prefix="chayan-postgres-")  # not in `folder`, which its user may not enter
        self.log = os.path.join(folder, "postgres.log")
        self.programs = sorted(path for path in _folders("/usr/lib/postgresql"))[-1] + "/bin"
        self.user = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] if os.geteuid() == 0 else []

    def start(self):
        if self.user:
            shutil.chown(self.folder, "postgres")
        self.port = free_port()
        data = os.path.join(self.folder, "data")
        subprocess.run([*self.user, f"{self.programs}/initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8",
                        "--no-sync"], check=True, stdout=subprocess.DEVNULL, cwd=self.folder)
        settings = {"port": self.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": self.folder,
                    "shared_buffers": "2GB", "max_wal_size": "8GB", "fsync": "off", "autovacuum": "off"}
        flags = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        self.server = Pinned([*self.user, f"{self.programs}/postgres", "-D", data, *flags], [self.core],
                             self.log)
        self.server.wait_for_port(self.port)
        self._fill()
        return self

    def _sql(self, statement, rows=None):
        command = ["psql", "-q", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-v", "ON_ERROR_STOP=1",
                   "-c", statement]
        psql = subprocess.Popen(command, stdin=subprocess.PIPE, text=True, encoding="utf-8")
        for row in rows or ():
            psql.stdin.write("\t".join(row) + "\n")
        psql.stdin.close()
        if psql.wait() != 0:
            raise RuntimeError("PostgreSQL did not take the tables.")

    def _fill(self):
        members = ("certificate_number", "holder_name", "status", "occupation", "level", "issuer", "issued_on",
                   "issuer_authorized", "authorization_reason")
        columns = ", ".join(f"{name} {'boolean' if name == 'issuer_authorized' else 'text'}" for name in members)
        self._sql(f"CREATE TABLE certificates ({columns}); CREATE TABLE institutions (credit_code text PRIMARY KEY, "
                  "name text); CREATE TABLE occupations (code text PRIMARY KEY, name text)")
        self._sql("COPY institutions FROM STDIN", self.dataset.institutions())
        self._sql("COPY occupations FROM STDIN", self.dataset.occupations())
        self._sql("COPY certificates FROM STDIN",
                  ([str(truth[name]) for name in members] for truth in self.dataset.truths()))
        self._sql("ALTER TABLE certificates ADD PRIMARY KEY (certificate_number)")
        self._sql("VACUUM ANALYZE certificates")

    def stop(self):
        # SIGINT: without waiting for the sessions that Fastify holds.
        self.server.process.send_signal(signal.SIGINT)
        self.server.stop()
        shutil.rmtree(self.folder)


class FastifyAndPostgres:
    """Service and database share the server's core."""

    def __init__(self, dataset, core, folder):
        self.dataset, self.core, self.folder = dataset, core, folder
        self.database = Postgres(dataset, core, folder)

    def start(self):
        service = os.path.join(self.folder, "fastify")
        shutil.copytree(FASTIFY, service, dirs_exist_ok=True)
        subprocess.run(["npm", "ci", "--no-progress", "--loglevel=error", "--prefix", service], check=True,
                       stdout=subprocess.DEVNULL)
        self.database.start()
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.server = Pinned(["node", f"{service}/server.mjs", str(port)], [self.core], f"{service}/log",
                             {"PGHOST": "127.0.0.1", "PGPORT": str(self.database.port), "PGUSER": "postgres",
                              "PGDATABASE": "postgres", "NODE_ENV": "production"})
        self.server.wait_for_port(port)
        return self

    def stop(self):
        self.server.stop()
        self.database.stop()


def verify(url, truth):
    """The body of one verification's answer."""
    question = json.dumps({"certificate_number": truth["certificate_number"], "holder_name": truth["holder_name"]},
                          ensure_ascii=False, separators=(",", ":")).encode()
    request = urllib.request.Request(url + "/v1/verifications", question, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read()


def get(url, path):
    with urllib.request.urlopen(url + path, timeout=10) as answer:
        return answer.read()


def _folders(path):
    return [entry.path for entry in os.scandir(path) if entry.is_dir() and re.fullmatch(r"\d+", entry.name)]
