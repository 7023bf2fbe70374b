"""One folder's results.json and scale.json as Markdown and as a page that stands alone."""
import html
import json
import os

from . import charts
from .targets import targets

BUSY_LOAD = 0.7  # of the minute before: an idle machine has less, and one core for each side leaves none for others


def _read(folder, name):
    path = os.path.join(folder, name)
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as text:
        return json.load(text)


def write(folder):
    """Writes report.md and report.html from what JSON is there."""
    results, scale = _read(folder, "results.json"), _read(folder, "scale.json")
    tables = _tables(results, scale)
    with open(os.path.join(folder, "report.md"), "w", encoding="utf-8") as out:
        out.write("\n\n".join(_markdown(*table) for table in tables) + "\n")
    with open(os.path.join(folder, "report.html"), "w", encoding="utf-8") as out:
        out.write(_page(results, scale, tables))


def _spread(spread, digits=0):
    if spread is None:
        return "not measured"
    shown = f"{spread['median']:,.{digits}f}"
    if spread["low"] != spread["high"]:
        shown += f" ({spread['low']:,.{digits}f}–{spread['high']:,.{digits}f})"
    return shown


def _tables(results, scale):
    """(title, note, header, rows) each."""
    tables = []
    if results:
        tables += [_target_table(results, scale), _peak_table(results)]
        tables += [_latency_table(results)] if results["latencies"] else []
        tables += [_overload_table(results)] if results.get("overload") else []
        tables.append(_other_table(results))
    elif scale:
        tables.append(_about(scale))
    if scale:
        tables.append(_scale_table(scale))
    return tables


def _about(results):
    machine = results["machine"]
    return ("Scale", f"{results['command']}. {machine['processor']}, {machine['cores']} cores, {machine['memory_gib']} GiB, "
            f"{machine['system']}; {results['date']}.", ["", ""], [])


def _target_table(results, scale):
    machine, settings = results["machine"], results["settings"]
    note = (f"`{results['command']}`, {results['date']}. {machine['processor']}, {machine['cores']} cores, "
            f"{machine['memory_gib']} GiB, {machine['system']}; load average before {machine['load_before']}. "
            f"{settings['certificates']:,} certificates, {settings['institutions']:,} institutions, {settings['rounds']} rounds of "
            f"{settings['seconds']:g} s in turn: medians, and the range of the rounds in parentheses. The server has one core, the "
            "client another.")
    if machine["load_before"] > BUSY_LOAD:
        note += " **The machine was busy with something else: none of this is to be believed.**"
    words = {True: "met", False: "**falls short**", None: "not measured"}
    rows = [[row["what"], row["target"], _spread(row["found"], 2 if row["unit"] == "×" else 0)
             + (f" {row['unit']}" if row["found"] else ""), words[row["met"]]] for row in targets(results, scale)]
    return "Targets", note, ["what", "target", "measured", ""], rows


def _peak_table(results):
    settings = results["settings"]
    note = (f"Closed loop, 64 connections. Chayan's verification answers with {settings['verification_bytes']:,} bytes, its page with "
            f"{settings['page_bytes']:,}; nginx returns constants of these sizes. Redis holds records of {settings['redis_bytes']} bytes. "
            "Where the generator was busy for all of its core, it was the generator that was measured.")
    rows = [[peak["system"], peak["workload"], _spread(peak["per_s"]), f"{peak['generator_busy_percent']} %", f"{peak['checked']:,}"]
            for peak in results["peaks"]]
    rows += [[witness["system"], f"verification, by {witness['by']}", f"{witness['per_s']:,}", "", ""]
             for witness in results.get("witnesses", [])]
    return "Peak", note, ["system", "what", "a second", "generator busy", "answers checked"], rows


def _latency_table(results):
    rows = [[latency["system"], f"{latency['asked_per_s']:,}", _spread(latency["answers_per_s"]), f"{latency['p50_ms']:.3f}",
             _spread(latency["p99_ms"], 3), f"{latency['p999_ms']:.3f}"] for latency in results["latencies"]]
    return ("Latency", "Open loop: milliseconds from when a verification was due.",
            ["system", "due a second", "answered", "p50", "p99", "p99.9"], rows)


def _overload_table(results):
    rows = [[f"{load['times_peak']} ×", f"{load['asked_per_s']:,}", f"{load['good_per_s']:,}", f"{load['refused_per_s']:,}",
             f"{load['p99_from_sending_ms']:.3f}", f"{load['p99_from_due_ms']:.3f}", f"{load['unsent']:,}"]
            for load in results["overload"]]
    return ("Overload", "1,024 connections, open loop. What found no free connection until the end is unsent; its waiting is in the p99 "
            "from due.", ["of the peak", "due a second", "answered", "refused", "p99 from sending, ms", "p99 from due, ms", "unsent"], rows)


def _other_table(results):
    rows = [[f"{what}, rows a second", f"{rate:,}"] for what, rate in results.get("multi_get", {}).items()]
    rows.append(["start to first answer, ms", _spread(results.get("start_ms"))])
    memory = results.get("memory")
    if memory:
        rows += [["resident after the start, MiB", memory["started_mib"]], ["after load, MiB", memory["after_load_mib"]],
                 [f"with {memory['connections']:,} connections, MiB", memory["with_connections_mib"]]]
    two = results.get("two_threads")
    for threads in ("1", "2"):
        rows.append([f"answers a second, {threads} server threads, client elsewhere",
                     _spread(two[threads]) if two else "not measured: needs four cores"])
    rows += [[f"version of {name}", version] for name, version in results["versions"].items()]
    return "Beside", "", ["what", ""], rows


def _scale_table(scale):
    rows = [[f"{size['certificates']:,}", _spread(size["per_s"]), _spread(size["p99_ms"], 3), f"{size['bytes_a_certificate']:,}",
             f"{size['resident_mib']:,}", f"{size['start_ms']:,}"] for size in scale["sizes"]]
    return ("Growth", f"`{scale['command']}`. Verification, uniform keys, closed loop of 64 connections; p99 at 70 % of each size's own "
            "peak.", ["certificates", "a second", "p99, ms", "bytes a certificate", "resident, MiB", "start, ms"], rows)


def _markdown(title, note, header, rows):
    lines = [f"## {title}", "", note, ""] if note else [f"## {title}", ""]
    if rows:
        lines += ["| " + " | ".join(header) + " |", "|" + "---|" * len(header)]
        lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


STYLE = """body{font:16px/1.5 sans-serif;max-width:62rem;margin:2rem auto;padding:0 1rem;color:#222}table{border-collapse:collapse}
td,th{border-bottom:1px solid #ddd;padding:.3rem .7rem;text-align:left}svg{width:100%;height:auto}.table{overflow-x:auto}"""


def _page(results, scale, tables):
    drawn = _drawings(results, scale)
    parts = ["<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content='width=device-width'>",
             f"<title>Chayan beside others</title><style>{STYLE}</style><h1>Chayan beside others</h1>"]
    for title, note, header, rows in tables:
        parts.append(f"<h2>{html.escape(title)}</h2><p>{_inline(note)}</p>" + drawn.get(title, ""))
        if rows:
            head = "".join(f"<th>{html.escape(cell)}</th>" for cell in header)
            body = "".join("<tr>" + "".join(f"<td>{_inline(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
            parts.append(f"<div class=table><table><tr>{head}</tr>{body}</table></div>")
    return "\n".join(parts) + "\n"


def _inline(text):
    """Markdown's ** and ` in a text."""
    for mark, tag in (("**", "b"), ("`", "code")):
        pieces = (html.escape(text) if mark == "**" else text).split(mark)
        text = "".join(piece if i % 2 == 0 else f"<{tag}>{piece}</{tag}>" for i, piece in enumerate(pieces))
    return text


def _drawings(results, scale):
    """By the title of the table that they stand above."""
    drawn = {}
    if results:
        peaks = results["peaks"]
        drawn["Peak"] = "".join(
            f"<h3>{html.escape(kind)}, a second</h3>" + charts.bars(
                [(f"{peak['system']}: {peak['workload'].split(', ')[-1]}", peak["per_s"]) for peak in peaks
                 if peak["workload"].startswith(kind)], kind)
            for kind in ("verification", "institutions"))
        curves = [(f"{latency['system']} at {latency['asked_per_s']:,}/s", latency["curve"]) for latency in results["latencies"]]
        if curves:
            drawn["Latency"] = charts.percentile_curves(curves, "latency by percentile")
        if results.get("overload"):
            rows = [(f"{what} at {load['times_peak']} × the peak", {"median": load[key], "low": load[key], "high": load[key]})
                    for load in results["overload"] for what, key in (("Chayan answered", "good_per_s"), ("refused", "refused_per_s"))]
            drawn["Overload"] = charts.bars(rows, "overload")
    if scale and len(scale["sizes"]) > 1:
        one = lambda value: {"median": value, "low": value, "high": value}
        lines = (("answers a second", lambda size: size["per_s"]), ("p99, ms", lambda size: size["p99_ms"]),
                 ("bytes a certificate", lambda size: one(size["bytes_a_certificate"])),
                 ("resident, MiB", lambda size: one(size["resident_mib"])), ("start, ms", lambda size: one(size["start_ms"])))
        drawn["Growth"] = "".join(charts.growth([(size["certificates"], of(size)) for size in scale["sizes"]], name, name)
                                  for name, of in lines)
    return drawn
