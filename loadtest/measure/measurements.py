"""What is measured of the systems, each as a function of systems that are running."""
import os
import re
import subprocess
import time

from .load import spread
from .servers import Chayan, get, verify

VERIFICATIONS = {
    "verification, uniform keys": ["--keys", "uniform"],
    "verification, Zipf keys": ["--keys", "zipf"],
}
VERIFICATION = "verification, uniform keys"
INSTITUTIONS = "institutions, 20 rows a page"
BATCH = "batches of 1,000 rows, rows"
BATCH_ROWS = 1000


def page_path(dataset):
    """A page of institutions for an occupation and level that many have: the size of nginx's second constant."""
    truth = next(dataset.truths())
    return f"/v1/institutions?occupation={truth['occupation']}&level={truth['level']}"


def answer_sizes(url, dataset):
    """Bytes of a verification (the mean of some) and of a page."""
    truths = (truth for truth in dataset.truths() if truth["status"] != "erased")
    some = [len(verify(url, truth)) for _, truth in zip(range(200), truths)]
    return round(sum(some) / len(some)), len(get(url, page_path(dataset)))


def peak_runs(client, chayan, nginx, redis, fastify, dataset):
    """(system, workload, run): closed loops of 64 connections, in the order in which a round does them."""
    runs = []

    def closed(system, workload, url, *options, factor=1):
        runs.append((system, workload, lambda: _scaled(client.load(url, *options), factor)))

    for workload, keys in VERIFICATIONS.items():
        closed("Chayan", workload, chayan.url, *keys)
    if nginx:
        closed("nginx constant", VERIFICATION, nginx.url, "--check", "0")
    if redis:
        for workload, keys in VERIFICATIONS.items():
            closed("Redis GET", workload, redis.url, "--mix", "redis", *keys)
    if fastify:
        closed("Fastify + PostgreSQL", VERIFICATION, fastify.url)
    closed("Chayan", INSTITUTIONS, chayan.url, "--mix", "institutions")
    if nginx:
        closed("nginx constant", INSTITUTIONS, nginx.url, "--get", "/v1/institutions")
    closed("Chayan", BATCH, chayan.url, "--mix", "batch", "--batch-rows", str(BATCH_ROWS), "--connections", "8",
           "--credential-file", dataset.credential, factor=BATCH_ROWS)
    return runs


def _scaled(result, factor):
    return {**result, "answers_per_s": result["answers_per_s"] * factor}


def peaks(runs, rounds, say):
    """Every run once a round, so that what drifts on the machine drifts for all."""
    results = {}
    for number in range(rounds):
        for system, workload, run in runs:
            result = run()
            say(f"round {number + 1}: {system}, {workload}: {result['answers_per_s']:,}/s")
            results.setdefault((system, workload), []).append(result)
    return [{"system": system, "workload": workload,
             "per_s": spread([result["answers_per_s"] for result in of]),
             "generator_busy_percent": max(result["generator_busy_percent"] for result in of),
             "checked": sum(result["checked"] for result in of)}
            for (system, workload), of in results.items()]


def latencies(client, loads, rounds, say):
    """`loads`: (system, rate, url, options). Open loop; the curve is of the round with the median p99."""
    results = {}
    for number in range(rounds):
        for system, rate, url, options in loads:
            result = client.load(url, "--rate", str(rate), *options)
            say(f"round {number + 1}: {system} at {rate:,}/s: p99 {result['latency']['p99_ns'] / 1e6:.3f} ms")
            results.setdefault((system, rate), []).append(result)
    return [_latency(system, rate, of) for (system, rate), of in results.items()]


def _latency(system, rate, results):
    in_order = sorted(results, key=lambda result: result["latency"]["p99_ns"])
    shown = in_order[len(in_order) // 2]["latency"]
    return {"system": system, "asked_per_s": rate, "p50_ms": shown["p50_ns"] / 1e6,
            "p99_ms": spread([result["latency"]["p99_ns"] / 1e6 for result in results]),
            "p999_ms": shown["p999_ns"] / 1e6, "answers_per_s": spread([r["answers_per_s"] for r in results]),
            "curve": [[percent / 1000, ns / 1e6] for percent, ns in shown["curve"]]}


def overload(client, url, peak, say):
    """Beyond what can be answered: how much still is, and how long those wait who are admitted."""
    many = ["--connections", "1024", "--allow-refusals"]
    results = []
    for times in (0.8, 2, 5):
        result = client.load(url, "--rate", str(round(peak * times)), *many)
        say(f"{times} x peak: {result['answers_per_s']:,}/s answered, {result['refused_per_s']:,}/s refused")
        results.append({"times_peak": times, "asked_per_s": round(peak * times),
                        "good_per_s": result["answers_per_s"], "refused_per_s": result["refused_per_s"],
                        "p99_from_sending_ms": result["service"]["p99_ns"] / 1e6,
                        "p99_from_due_ms": result["latency"]["p99_ns"] / 1e6, "unsent": result["unsent"]})
    return results


def witnesses(client, chayan, nginx, dataset, lua):
    """The same by wrk, which draws other requests, and by h2load, which repeats one."""
    body = os.path.join(os.path.dirname(dataset.demo), "question.json")
    truth = next(dataset.truths())
    with open(body, "w", encoding="utf-8") as out:
        out.write(f'{{"certificate_number":"{truth["certificate_number"]}","holder_name":"{truth["holder_name"]}"}}')
    found = []
    for system, url in (("Chayan", chayan.url), ("nginx constant", nginx.url)):
        found.append({"system": system, "by": "wrk",
                      "per_s": client.wrk(url, "-s", lua, "--", dataset.truth, "100000")})
        found.append({"system": system, "by": "h2load, one question",
                      "per_s": client.h2load(url + "/v1/verifications", "-d", body, "-H",
                                             "content-type: application/json")})
    return found


def multi_get(batch_load, dataset, core):
    """Rows a second of batch_load's measurements, by what it calls them. No server may hold the data."""
    rows = min(10_000, dataset.certificates // 2)
    done = subprocess.run(["taskset", "-c", str(core), batch_load, dataset.data, dataset.truth, str(rows)],
                          capture_output=True, text=True, check=True)
    return {what: int(rate) for what, rate in re.findall(r"^\| ([^|]+) \| (\d+) \|", done.stdout, re.MULTILINE)}


def starts(chayan, rounds):
    """Milliseconds from a start after a clean stop to the first verification's answer."""
    times = []
    for _ in range(rounds):
        chayan.stop()
        times.append(round(chayan.start().start_ms))
    return spread(times)


def memory(client, chayan, connections=5000):
    """MiB resident: after a start, after load of 64 connections, and with thousands of them."""
    found = {"started_mib": round(chayan.server.resident_mib())}
    client.load(chayan.url)
    found["after_load_mib"] = round(chayan.server.resident_mib())
    loading = client.start(chayan.url, "--connections", str(connections), "--rate", "2000")
    time.sleep(client.warm_up + client.seconds / 2)
    found["connections"] = connections
    found["with_connections_mib"] = round(chayan.server.resident_mib())
    loading.wait()
    found["kib_a_connection"] = round(
        (found["with_connections_mib"] - found["after_load_mib"]) * 1024 / connections, 1)
    return found


def two_threads(client, one, rounds, cores, say):
    """Two server threads beside one; needs a third core for the client, else None."""
    if len(cores) < 4:
        return None
    wide = client.on(cores[2:])
    found = {}
    for threads, server_cores in ((1, cores[:1]), (2, cores[:2])):
        chayan = Chayan(one.binary, one.dataset, server_cores, one.folder, threads, one.options).start()
        runs = [wide.load(chayan.url, "--threads", str(len(cores) - 2))["answers_per_s"] for _ in range(rounds)]
        chayan.stop()
        found[threads] = spread(runs)
        say(f"{threads} threads: {found[threads]['median']:,.0f}/s")
    return found
