"""What the bench measured, as numbers and as a table."""

import statistics


class Timings:
    """What one measure gave: seconds a request, seconds in all, and who used the processor meanwhile."""

    def __init__(self, seconds, whole, **more):
        self.seconds, self.whole, self.more = sorted(seconds), whole, more

    def row(self):
        cuts = statistics.quantiles(self.seconds, n=20, method="inclusive")
        return {
            "n": len(self.seconds),
            "p50_ms": 1000 * statistics.median(self.seconds),
            "p95_ms": 1000 * cuts[18],
            "max_ms": 1000 * self.seconds[-1],
            "per_second": len(self.seconds) / self.whole,
            **self.more,
        }


def table(runs):
    """The figures as plain text, the sizes side by side, each with its ratio to its ceiling."""
    names = [name for name in next(iter(runs.values())) if "p50_ms" in next(iter(runs.values()))[name]]
    head = f"{'':38}" + "".join(f"{f'{size} reports':>36}" for size in runs)
    lines = [head, f"{'':38}" + f"{'p50 ms':>9}{'p95 ms':>9}{'per s':>9}{'ratio':>9}" * len(runs)]
    for name in names:
        cells = ""
        for figures in runs.values():
            row = figures[name]
            cells += (
                f"{row['p50_ms']:9.1f}{row['p95_ms']:9.1f}{row['per_second']:9.1f}{ratio(name, figures):>9}"
            )
        lines.append(f"{name:38}{cells}")
    return "\n".join(lines)


def ratio(name, figures):
    """How many times its ceiling something costs: the empty view, for a submit with the INSERTs."""
    kind, _, rest = name.partition(", ")
    if kind not in ("submit", "inbox"):
        return ""
    clients = (
        rest if kind == "submit" else rest.rpartition(", ")[2] if "side by side" in rest else "one at a time"
    )
    least = figures[f"empty view, {clients}"]
    cost = least["p50_ms"] if clients == "one at a time" else 1000 / least["per_second"]
    if kind == "submit":
        bare = figures[f"bare INSERTs, {clients}"]
        cost += bare["p50_ms"] if clients == "one at a time" else 1000 / bare["per_second"]
    own = figures[name]["p50_ms"] if clients == "one at a time" else 1000 / figures[name]["per_second"]
    return f"{own / cost:.1f}x"
