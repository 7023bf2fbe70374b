"""The targets of Chayan's design beside what was measured. A ratio is of the rounds' pairs: median, and range."""
import statistics

from .measurements import BATCH, INSTITUTIONS, VERIFICATION, VERIFICATIONS


def _rounds(results, system, workload):
    for peak in results["peaks"]:
        if (peak["system"], peak["workload"]) == (system, workload):
            return peak["per_s"]["rounds"]
    return None


def _ratio(ours, theirs):
    if not ours or not theirs:
        return None
    pairs = [mine / other for mine, other in zip(ours, theirs)]
    return {"median": statistics.median(pairs), "low": min(pairs), "high": max(pairs)}


def _row(what, wanted, found, is_met, unit="×"):
    return {"what": what, "target": wanted, "unit": unit, "found": found,
            "met": None if found is None else is_met(found["median"])}


def _at_least(what, bound, found):
    return _row(what, f"≥ {bound} ×", found, lambda median: median >= bound)


def _p99_at_the_same_rate(results):
    by_system = {}
    for latency in results["latencies"]:
        by_system.setdefault((latency["system"], latency["asked_per_s"]), latency)
    for (system, rate), ours in by_system.items():
        theirs = by_system.get(("nginx constant", rate))
        if system == "Chayan" and theirs:
            return _ratio(ours["p99_ms"]["rounds"], theirs["p99_ms"]["rounds"])
    return None


def _memory(memory, cache_mib):
    if not memory:
        return _row("resident memory", "block cache + 64 MiB + 16 KiB a connection", None, None)
    budget = cache_mib + 64 + memory["connections"] * 16 / 1024
    return _row(f"resident memory with {memory['connections']:,} connections", f"≤ {budget:.0f} MiB",
                _one(memory["with_connections_mib"]), lambda median: median <= budget, "MiB")


def _overload(results):
    loads = {load["times_peak"]: load for load in results.get("overload", [])}
    rows = []
    for times in (2, 5):
        if times not in loads:
            continue
        peak = statistics.median(_rounds(results, "Chayan", VERIFICATION))
        good = loads[times]["good_per_s"] / peak
        slower = _ratio([loads[times]["p99_from_sending_ms"]], [loads[0.8]["p99_from_sending_ms"]])
        rows.append(_row(f"goodput at {times} × the peak, of the peak", "≥ 0.95 ×", _one(good), lambda m: m >= 0.95))
        rows.append(_row(f"p99 of the admitted at {times} × the peak, of that at 0.8 ×", "≤ 2 ×", slower,
                         lambda m: m <= 2))
    return rows


def _one(value):
    return {"median": value, "low": value, "high": value}


def _scale(scale):
    sizes = sorted(scale["sizes"], key=lambda size: size["certificates"]) if scale else []
    if len(sizes) < 2:
        return []
    first, last = sizes[0], sizes[-1]
    span = f"{first['certificates']:,} to {last['certificates']:,} certificates"
    falls = last["per_s"]["median"] / first["per_s"]["median"]
    grows = last["p99_ms"]["median"] / first["p99_ms"]["median"]
    return [_row(f"throughput, {span}", "≥ 0.85 ×", _one(falls), lambda m: m >= 0.85),
            _row(f"p99, {span}", "≤ 1.5 ×", _one(grows), lambda m: m <= 1.5)]


def targets(results, scale=None):
    rows = []
    for workload in VERIFICATIONS:
        ours = _rounds(results, "Chayan", workload)
        for system, bound in (("nginx constant", 1.0), ("Redis GET", 1.2), ("Fastify + PostgreSQL", 15)):
            # A constant, and a database whose rows are all in memory, are asked with uniform keys alone.
            theirs = _rounds(results, system, workload) or _rounds(results, system, VERIFICATION)
            rows.append(_at_least(f"{workload}, beside {system}", bound, _ratio(ours, theirs)))
    rows.append(_row("p99 at 70 % of Chayan's peak, beside nginx at the same rate", "≤ 1.2 ×",
                     _p99_at_the_same_rate(results), lambda median: median <= 1.2))
    rows.append(_at_least(f"{INSTITUTIONS}, beside nginx", 0.5,
                          _ratio(_rounds(results, "Chayan", INSTITUTIONS),
                                 _rounds(results, "nginx constant", INSTITUTIONS))))
    floor = results.get("multi_get", {}).get("RocksDB MultiGet alone")
    batch = _rounds(results, "Chayan", BATCH)
    rows.append(_at_least("batch verification over HTTP, beside RocksDB MultiGet", 0.5,
                          _ratio(batch, [floor] * len(batch)) if batch and floor else None))
    two = results.get("two_threads")
    rows.append(_at_least("two server threads, beside one", 1.9,
                          _ratio(two["2"]["rounds"], two["1"]["rounds"]) if two else None))
    start = results.get("start_ms")
    rows.append(_row("start to first answer", "≤ 1,000 ms", start, lambda median: median <= 1000, "ms"))
    rows.append(_memory(results.get("memory"), results["settings"]["cache_mib"]))
    return rows + _overload(results) + _scale(scale)
