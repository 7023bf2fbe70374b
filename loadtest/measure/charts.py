"""Charts as SVG text, drawn by hand: the report has no script and asks no other host."""
import html
import math

WIDTH, LEFT, RIGHT, TOP, BOTTOM = 760, 90, 40, 20, 46
COLOURS = ["#0b3d91", "#b35900", "#14692c", "#a3161f", "#5b2a86", "#4a4a4a"]


def _svg(height, parts, title):
    return (f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{html.escape(title)}" '
            f'font-family="sans-serif" font-size="13">{"".join(parts)}</svg>')


def _text(x, y, text, anchor="start", colour="#222"):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}">{html.escape(str(text))}</text>'


def _line(x1, y1, x2, y2, colour="#ddd", width=1):
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width}"/>'


def number(value):
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def bars(rows, title):
    """`rows`: (name, {median, low, high}). Horizontal, with the rounds' range as a whisker."""
    left, row_height = 300, 30
    height = len(rows) * row_height + 10
    most = max(spread["high"] for _, spread in rows) or 1
    scale = (WIDTH - left - 90) / most
    parts = []
    for i, (name, spread) in enumerate(rows):
        y = 5 + i * row_height
        end = left + spread["median"] * scale
        colour = COLOURS[0] if name.startswith("Chayan") else "#9aa3ad"
        middle = y + 12
        parts += [_text(left - 8, middle + 4, name, "end"),
                  f'<rect x="{left}" y="{y}" width="{max(end - left, 0.5):.1f}" height="24" fill="{colour}"/>',
                  _line(left + spread["low"] * scale, middle, left + spread["high"] * scale, middle, "#000", 1.5)]
        for bound in ("low", "high"):
            x = left + spread[bound] * scale
            parts.append(_line(x, middle - 5, x, middle + 5, "#000", 1.5))
        parts.append(_text(left + spread["high"] * scale + 8, middle + 4, number(spread["median"])))
    return _svg(height, parts, title)


def _decades(low, high):
    return [10**power for power in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)]


class _Axes:
    """Both logarithmic."""

    def __init__(self, xs, ys, height):
        self.x_ticks, self.y_ticks = _decades(min(xs), max(xs)), _decades(min(ys), max(ys))
        if len(self.x_ticks) == 1:
            self.x_ticks.append(self.x_ticks[0] * 10)
        if len(self.y_ticks) == 1:
            self.y_ticks.append(self.y_ticks[0] * 10)
        self.height = height

    @staticmethod
    def _place(value, ticks, start, end):
        share = (math.log10(value) - math.log10(ticks[0])) / (math.log10(ticks[-1]) - math.log10(ticks[0]))
        return start + share * (end - start)

    def x(self, value):
        return self._place(value, self.x_ticks, LEFT, WIDTH - RIGHT)

    def y(self, value):
        return self._place(value, self.y_ticks, self.height - BOTTOM, TOP)

    def draw(self, x_name, y_name, x_label=number):
        parts = []
        for tick in self.y_ticks:
            parts += [_line(LEFT, self.y(tick), WIDTH - RIGHT, self.y(tick)),
                      _text(LEFT - 8, self.y(tick) + 4, number(tick), "end")]
        for tick in self.x_ticks:
            parts += [_line(self.x(tick), TOP, self.x(tick), self.height - BOTTOM),
                      _text(self.x(tick), self.height - BOTTOM + 18, x_label(tick), "middle")]
        return parts + [_text((LEFT + WIDTH) / 2, self.height - 8, x_name, "middle"), _text(8, 14, y_name)]


def _legend(names, height):
    """At the lower right, where curves that rise leave room."""
    x, top = WIDTH - RIGHT - 260, height - BOTTOM - 14 - 20 * len(names)
    return [part for i, name in enumerate(names)
            for part in (f'<rect x="{x}" y="{top + i * 20}" width="12" height="12" fill="{COLOURS[i % len(COLOURS)]}"/>',
                         _text(x + 18, top + 11 + i * 20, name))]


def percentile_curves(series, title):
    """`series`: (name, [[percent, ms], …]). The nearer to 100 %, the more room: each decade is a nine more."""
    height = 380
    curves = [(name, [(100 / (100 - percent), ms) for percent, ms in curve if percent < 100 and ms > 0])
              for name, curve in series]
    curves = [(name, points) for name, points in curves if points]
    axes = _Axes([x for _, points in curves for x, _ in points], [y for _, points in curves for _, y in points], height)
    parts = axes.draw("percentile", "ms", lambda tick: f"{100 - 100 / tick:.10g} %")
    for i, (_, points) in enumerate(curves):
        path = " ".join(f"{axes.x(x):.1f},{axes.y(y):.1f}" for x, y in points)
        parts.append(f'<polyline fill="none" stroke="{COLOURS[i % len(COLOURS)]}" stroke-width="2" points="{path}"/>')
    return _svg(height, parts + _legend([name for name, _ in curves], height), title)


def growth(points, name, title):
    """`points`: (certificates, {median, low, high}). Sizes are logarithmic, values begin at 0: a fall looks as large as it is."""
    height = 240
    most = max(value["high"] for _, value in points) * 1.15 or 1
    sizes = _decades(points[0][0], points[-1][0])

    def x(size):
        return LEFT + (math.log10(size / sizes[0])) / math.log10(sizes[-1] / sizes[0]) * (WIDTH - RIGHT - LEFT)

    def y(value):
        return height - BOTTOM - value / most * (height - BOTTOM - TOP)

    parts = [_text(8, 14, name)]
    for quarter in range(5):
        value = most * quarter / 4
        parts += [_line(LEFT, y(value), WIDTH - RIGHT, y(value)), _text(LEFT - 8, y(value) + 4, number(value), "end")]
    for size in sizes:
        parts.append(_text(x(size), height - BOTTOM + 18, number(size), "middle"))
    parts.append(_text((LEFT + WIDTH) / 2, height - 8, "certificates", "middle"))
    path = " ".join(f"{x(size):.1f},{y(value['median']):.1f}" for size, value in points)
    parts.append(f'<polyline fill="none" stroke="{COLOURS[0]}" stroke-width="2" points="{path}"/>')
    for size, value in points:
        at_end = x(size) > WIDTH / 2
        parts += [_line(x(size), y(value["low"]), x(size), y(value["high"]), "#000", 1.5),
                  f'<circle cx="{x(size):.1f}" cy="{y(value["median"]):.1f}" r="4" fill="{COLOURS[0]}"/>',
                  _text(x(size) + (-8 if at_end else 8), y(value["median"]) - 8, number(value["median"]),
                        "end" if at_end else "start")]
    return _svg(height, parts, title)
