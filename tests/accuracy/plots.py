"""The pictures of the accuracy page, drawn from a run's own figures (``python -m tests.accuracy.plots`` runs it all for them)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle
from numpy.typing import NDArray

from tests.accuracy import outages
from tests.accuracy.data_sets import SCENARIOS, Scenario
from tests.accuracy.locating import Errors, Located
from tests.accuracy.measuring import Measured, data_set, measure_all

PICTURES = Path(__file__).parents[2] / "store_server" / "docs" / "accuracy"

Floats = NDArray[np.float64]

PANELS = {
    "hall walks, not calibrated": "Hall walks, not calibrated",
    "hall walks, survey of another day": "Hall walks, survey of another day",
    "hall points, a quarter left out": "Hall points, a quarter left out",
    "flat, not calibrated, with walls": "Flat, not calibrated",
    "flat, other walks, with walls": "Flat, calibrated by other walks",
    "library, a quarter left out, with shelves": "Library, a quarter left out",
}

WALKED = "hall walks, survey of another day"

INK, OURS, STATED, TRUTH = "#222222", "#0072b2", "#d55e00", "#999999"
"""Of Okabe and Ito's colours, which people who see few colours tell apart; each line differs in its dashes too."""

PEER_LINES: dict[str, tuple[str, str]] = {
    "nearest receiver": ("#999999", ":"),
    "centroid of 4": ("#009e73", "-."),
    "trilateration": ("#cc79a7", "--"),
    "localization": ("#e69f00", ":"),
    "robust dB": ("#56b4e9", "--"),
    "fingerprint": ("#222222", "-."),
}

SHARES = np.linspace(0.0, 1.0, 61)

FARTHEST_SHOWN_M = 8.0

RADIUS_BINS = 8

CIRCLE_EVERY_S = 5.0

HALL_X_M, HALL_Y_M = (-3.0, 24.0), (-3.0, 21.0)
"""The hall and a little about it; the widest circles run out of the picture."""


def draw(measured: dict[str, Measured], swept: dict[str, Errors]) -> None:
    """Write every picture the figures suffice for, each the same for the same figures."""
    PICTURES.mkdir(exist_ok=True)
    if set(PANELS) <= set(measured):
        _draw_errors(measured)
        _draw_radii(measured)
    if WALKED in measured:
        _draw_walks(measured[WALKED])
    if swept:
        _draw_outages(swept)


@contextmanager
def _picture(name: str, width_in: float, height_in: float) -> Iterator[Figure]:
    with mpl.rc_context(
        {
            "svg.hashsalt": "aisleway",  # names of shapes would otherwise differ in each run
            "svg.fonttype": "none",
            "font.size": 9.0,
            "axes.titlesize": 9.5,
            "axes.edgecolor": "#888888",
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "grid.color": "#e6e6e6",
            "grid.linewidth": 0.6,
            "text.color": INK,
            "axes.labelcolor": INK,
            "xtick.color": INK,
            "ytick.color": INK,
            "legend.frameon": False,
            "figure.facecolor": "white",
        }
    ):
        figure = Figure(figsize=(width_in, height_in), layout="constrained")
        yield figure
        figure.savefig(PICTURES / f"{name}.svg", metadata={"Date": None, "Creator": None})


def _of(name: str, measured: dict[str, Measured]) -> tuple[Floats, Floats]:
    """Errors and stated radii at the instants a scenario looks at, those without a fix left out."""
    scenario: Scenario = next(scenario for scenario in SCENARIOS if scenario.name == name)
    located = [each.at(slice(None, None, scenario.every)) for each in measured[name].located]
    error = np.concatenate([each.error_m for each in located])
    radius = np.concatenate([each.place[:, 2] for each in located])
    found = np.isfinite(error)
    return error[found], radius[found]


def _draw_errors(measured: dict[str, Measured]) -> None:
    with _picture("errors", 9.5, 6.2) as figure:
        panels = figure.subplots(2, 3, sharex=True, sharey=True).flat
        for axes, (name, title) in zip(panels, PANELS.items(), strict=True):
            for peer, (colour, dashes) in PEER_LINES.items():
                error_m = measured[name].peer_errors_m[peer]
                if len(error_m):
                    axes.plot(np.quantile(error_m, SHARES), 100 * SHARES, color=colour, ls=dashes, lw=1.3)
            axes.plot(np.quantile(_of(name, measured)[0], SHARES), 100 * SHARES, color=OURS, lw=2.4)
            axes.set(title=title, xlim=(0, FARTHEST_SHOWN_M), ylim=(0, 100))
        _label_outside(figure, "error of the position (m)", "positions with at most this error (%)")
        lines = [Line2D([], [], color=OURS, lw=2.4, label="Aisleway")]
        lines += [Line2D([], [], color=c, ls=d, lw=1.3, label=peer) for peer, (c, d) in PEER_LINES.items()]
        figure.legend(handles=lines, loc="outside upper center", ncols=len(lines))


def _draw_radii(measured: dict[str, Measured]) -> None:
    with _picture("radius", 9.5, 6.4) as figure:
        panels = figure.subplots(2, 3).flat
        for axes, (name, title) in zip(panels, PANELS.items(), strict=True):
            error, radius = _of(name, measured)
            bin_of = np.searchsorted(np.quantile(radius, np.linspace(0, 1, RADIUS_BINS + 1)[1:-1]), radius)
            bins = [bin_of == number for number in np.unique(bin_of)]
            middle = [float(np.median(radius[chosen])) for chosen in bins]
            most = 1.08 * max(max(middle), *(float(np.quantile(error[chosen], 0.95)) for chosen in bins))
            axes.plot([0, most], [0, most], color=STATED, ls="--", lw=1.3)
            axes.plot(middle, [np.quantile(error[c], 0.95) for c in bins], color=INK, marker="^", ms=5, lw=1.0)
            axes.plot(middle, [np.median(error[c]) for c in bins], color=OURS, marker="o", ms=4.5, lw=1.0)
            axes.set(title=f"{title}\n{np.mean(error <= radius):.1%} within the radius", xlim=(0, most), ylim=(0, most))
        _label_outside(figure, "stated 95 % radius (m), an eighth of the positions at each mark", "error (m)")
        lines = [
            Line2D([], [], color=STATED, ls="--", lw=1.3, label="error = stated radius"),
            Line2D([], [], color=INK, marker="^", ms=5, lw=1.0, label="95 % of errors are below this"),
            Line2D([], [], color=OURS, marker="o", ms=4.5, lw=1.0, label="half of the errors are below this"),
        ]
        figure.legend(handles=lines, loc="outside upper center", ncols=len(lines))


def _draw_walks(measured: Measured) -> None:
    scenario = next(scenario for scenario in SCENARIOS if scenario.name == WALKED)
    anchors = data_set(scenario.folder).anchors
    with _picture("walks", 9.0, 8.6) as figure:
        panels = figure.subplots(2, 2, sharex=True, sharey=True).flat
        for axes, located in zip(panels, measured.located, strict=True):
            _draw_walk(axes, located)
            axes.plot([a.x_m for a in anchors], [a.y_m for a in anchors], "s", color=INK, ms=5)
            error = located.error_m
            median, p95 = np.nanmedian(error), np.nanquantile(error, 0.95)
            walk = located.beacon_id.removeprefix("walk-")
            axes.set(title=f"{walk}\nmedian {median:.2f} m, 95 % within {p95:.2f} m", aspect="equal")
            axes.set(xlim=HALL_X_M, ylim=HALL_Y_M)
        _label_outside(figure, "x (m)", "y (m)")
        lines = [
            Line2D([], [], color=TRUTH, lw=5, alpha=0.6, label="where the beacon was"),
            Line2D([], [], color=OURS, lw=1.6, label="where we said it was"),
            Line2D([], [], color=STATED, marker="o", mfc="none", ms=10, lw=0, label="stated radius, every 5 s"),
            Line2D([], [], color=STATED, lw=1.0, ls=":", label="to the truth of that moment"),
            Line2D([], [], color=INK, marker="s", ms=5, lw=0, label="receivers"),
        ]
        figure.legend(handles=lines, loc="outside upper center", ncols=3)


def _draw_walk(axes: Axes, located: Located) -> None:
    axes.plot(*located.truth_xy_m.T, color=TRUTH, lw=5, alpha=0.6, solid_capstyle="round")
    axes.plot(*located.place[:, :2].T, color=OURS, lw=1.6)
    found = np.flatnonzero(np.isfinite(located.place[:, 0]) & (located.at_s % CIRCLE_EVERY_S == 0))
    for (x, y, radius), truth in zip(located.place[found], located.truth_xy_m[found], strict=True):
        axes.add_patch(Circle((x, y), radius, fill=False, ec=STATED, lw=0.7, alpha=0.55))
        axes.plot([x, truth[0]], [y, truth[1]], color=STATED, lw=1.0, ls=":")
    axes.plot(*located.place[found, :2].T, "o", color=STATED, ms=2.5)


def _draw_outages(swept: dict[str, Errors]) -> None:
    rows = {
        "Silent from the start": [swept["none"], *(swept[f"{k} silent"] for k in _counts())],
        "Failing halfway (second half of each walk)": [
            swept["none, second half"],
            *(swept[f"{k} fail at half"] for k in _counts()),
        ],
    }
    with _picture("outages", 9.0, 4.0) as figure:
        for axes, (title, errors) in zip(figure.subplots(1, 2, sharey=True), rows.items(), strict=True):
            silent = np.arange(len(errors))
            axes.plot(silent, [each.radius_m for each in errors], color=STATED, ls="--", marker="s", ms=4.5)
            axes.plot(silent, [each.p95_m for each in errors], color=INK, marker="^", ms=5)
            axes.plot(silent, [each.median_m for each in errors], color=OURS, marker="o", ms=4.5)
            axes.text(-0.35, 0.5, "errors within the stated radius:")
            for count, each in enumerate(errors):
                axes.text(count, 0.15, f"{each.coverage:.1%}", ha="center")
            axes.set(title=title, xlabel="silent receivers of twelve", xticks=silent, xlim=(-0.5, len(errors) - 0.5))
            axes.set_ylim(0, 1.05 * max(each.radius_m for row in rows.values() for each in row))
        figure.supylabel("m", fontsize=9)
        lines = [
            Line2D([], [], color=STATED, ls="--", marker="s", ms=4.5, label="median stated 95 % radius"),
            Line2D([], [], color=INK, marker="^", ms=5, label="95 % of errors are below this"),
            Line2D([], [], color=OURS, marker="o", ms=4.5, label="half of the errors are below this"),
        ]
        figure.legend(handles=lines, loc="outside upper center", ncols=len(lines))


def _counts() -> range:
    return range(1, outages.MOST_SILENT + 1)


def _label_outside(figure: Figure, x: str, y: str) -> None:
    figure.supxlabel(x, fontsize=9)
    figure.supylabel(y, fontsize=9)


if __name__ == "__main__":
    everything = measure_all(SCENARIOS)
    draw(everything, outages.report(everything))
