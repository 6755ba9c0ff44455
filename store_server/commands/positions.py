"""``aisleway calibrate`` and ``aisleway locate``: positions from files, without a server."""

from __future__ import annotations

import gzip
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import click
import numpy as np
from pydantic import ValidationError

from store_server.adapters.drawn_floors import read_floor
from store_server.adapters.recordings import Dropped, read_anchors, read_sightings, read_truth
from store_server.domain.consent import admit_recording
from store_server.domain.cross_validating import calibrate
from store_server.domain.following import Moment, follow, instants_s
from store_server.domain.node_hearings import node_hearings
from store_server.domain.positioning import FloorEstimator
from store_server.domain.surveys import Recording, spread_out, survey_points
from store_server.wire.calibration import Calibration, Estimator

MOST_PROBLEMS_SHOWN = 1000
"""A file of the wrong kind is wrong on each of its million lines; a thousand make the point."""

ESTIMATOR_WORDS = {Estimator.LIKELIHOOD_GRID: "likelihood grid", Estimator.TRILATERATION: "trilateration"}

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
TO_WRITE = click.Path(dir_okay=False, path_type=Path)


def _list_and_exit(problems: list[str]) -> None:
    if not problems:
        return
    for problem in problems[:MOST_PROBLEMS_SHOWN]:
        click.echo(problem, err=True)
    if len(problems) > MOST_PROBLEMS_SHOWN:
        click.echo(f"... and {len(problems) - MOST_PROBLEMS_SHOWN} more.", err=True)
    raise click.exceptions.Exit(1)


def _say_dropped(dropped: Dropped) -> None:
    if dropped.out_of_range:
        click.echo(f"{dropped.out_of_range} sightings outside -127..-1 dBm were left out.", err=True)
    if dropped.unknown_receiver:
        click.echo(f"{dropped.unknown_receiver} sightings of receivers not in receivers.csv were left out.", err=True)


def _write_text(path: Path, lines: Iterable[str]) -> None:
    try:
        if path.suffix == ".gz":
            with gzip.open(path, "wt", encoding="utf-8", newline="") as out:
                out.writelines(lines)
        else:
            with path.open("w", encoding="utf-8", newline="") as out:
                out.writelines(lines)
    except OSError as fault:
        _list_and_exit([f"{path}: cannot be written ({fault.strerror}); choose another place with --out."])


@click.command("calibrate")
@click.argument("dataset", type=FOLDER)
@click.option("--out", required=True, type=TO_WRITE, help="The calibration to write (JSON).")
@click.option("--points", type=click.IntRange(min=0), help="Use at most so many survey points, spread over the floor.")
def calibrate_command(dataset: Path, out: Path, points: int | None) -> None:
    """Measure a floor's radio from a survey: receivers.csv, sightings.csv and truth.csv in the folder DATASET.

    A beacon with one line in truth.csv stood there; with several it walked from one to the next, slowly: a second or two off is
    no harm at half a metre a second. Receivers that send too may be in sightings.csv under their own names; without any survey
    (no truth.csv) they alone give the path loss and how unlike each other they hear. Walls, obstacles or a floorplan in
    the folder are used. Prints the errors on recordings left out in turn.

    Example: aisleway calibrate survey/ --out hall.calibration.json
    """
    problems: list[str] = []
    anchors = read_anchors(dataset, problems)
    sightings, dropped = read_sightings(dataset, anchors, problems)
    node_ids = [anchor.node_id for anchor in anchors]
    between_dbm = node_hearings(sightings, node_ids)
    nodes_heard = int(np.isfinite(between_dbm).any(axis=1).sum())
    surveyed = {beacon_id: columns for beacon_id, columns in sightings.items() if beacon_id not in node_ids}
    without_truth = [0]
    recordings: list[Recording] = []
    if nodes_heard == 0 or (dataset / "truth.csv").exists() or (dataset / "truth.csv.gz").exists():
        recordings = read_truth(dataset, surveyed, problems, without_truth.append)
    floor = read_floor(dataset, anchors, problems)
    if not problems and not recordings and points != 0 and nodes_heard == 0:
        problems.append("truth.csv: it names no beacon of sightings.csv; survey at least one point.")
    _list_and_exit(problems)
    _say_dropped(dropped)
    if without_truth[-1]:
        click.echo(f"{without_truth[-1]} recordings without a line in truth.csv were left out.", err=True)
    chosen = None
    if points is not None:
        chosen = spread_out(survey_points(recordings, node_ids), points)
    if recordings:
        click.echo(f"Fitting, then leaving each part of {len(recordings)} recordings out in turn ...", err=True)
    calibration = calibrate(anchors, recordings, floor, chosen, between_dbm)
    calibration = calibration.model_copy(update={"made_at": datetime.now(UTC).replace(microsecond=0)})
    _write_text(out, [calibration.model_dump_json(indent=1), "\n"])
    click.echo(f"{calibration.survey_points} survey points, {len(anchors)} receivers: {out}")
    if nodes_heard:
        click.echo(f"{nodes_heard} receivers were heard by others and used too.")
    if calibration.cross_validated_median_m is not None and calibration.cross_validated_p95_m is not None:
        click.echo(
            f"On recordings left out in turn: median {calibration.cross_validated_median_m:.2f} m,"
            f" 95 % within {calibration.cross_validated_p95_m:.2f} m."
        )
    for rank, each in enumerate(calibration.compared):
        role = "serves this floor" if rank == 0 else "was worse"
        click.echo(
            f"  {ESTIMATOR_WORDS[each.estimator]}: median {each.median_m:.2f} m, 95 % {each.p95_m:.2f} m; {role}"
        )


@click.command("locate")
@click.argument("dataset", type=FOLDER)
@click.option(
    "--calibration", "calibration_file", type=FILE, help="What `aisleway calibrate` wrote for these receivers."
)
@click.option("--out", required=True, type=TO_WRITE, help="The positions to write (CSV; .gz by name).")
def locate_command(dataset: Path, calibration_file: Path | None, out: Path) -> None:
    """Say where each beacon was, every half second: receivers.csv and sightings.csv in the folder DATASET.

    A position uses nothing heard after its instant. Its radius holds the beacon with 95 % probability; all three fields are
    empty where there is no position. Walls, obstacles or a floorplan in the folder are used where present.

    Example: aisleway locate walk/ --calibration hall.calibration.json --out fixes.csv
    """
    problems: list[str] = []
    anchors = read_anchors(dataset, problems)
    sightings, dropped = read_sightings(dataset, anchors, problems)
    floor = read_floor(dataset, anchors, problems)
    calibration = _read_calibration(calibration_file, problems)
    _list_and_exit(problems)
    _say_dropped(dropped)
    estimator = FloorEstimator(anchors, calibration, floor)
    followed = {
        beacon_id: follow(estimator, admit_recording(columns), instants_s(columns.heard_s))
        for beacon_id, columns in sightings.items()
    }
    _write_text(out, _fix_lines(followed))
    moments = [moment for each in followed.values() for moment in each]
    with_fix = sum(moment.place is not None for moment in moments)
    click.echo(f"{len(followed)} beacons, {len(moments)} instants, {with_fix} with a position: {out}")


def _fix_lines(followed: dict[str, list[Moment]]) -> Iterable[str]:
    yield "t_s,beacon_id,x_m,y_m,accuracy_radius_m\n"
    for beacon_id, moments in followed.items():
        quoted = _csv_field(beacon_id)
        for moment in moments:
            place = ",," if moment.place is None else ",".join(f"{value:.3f}" for value in moment.place)
            yield f"{moment.at_s:.1f},{quoted},{place}\n"


def _csv_field(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\r\n') else text


def _read_calibration(path: Path | None, problems: list[str]) -> Calibration | None:
    if path is None:
        return None
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        return Calibration.model_validate_json(content)
    except ValidationError as fault:
        for each in fault.errors():
            where = ".".join(str(part) for part in each["loc"]) or "the file"
            problems.append(f"{path.name}: {where}: {each['msg']}; write it again with `aisleway calibrate`.")
    except (OSError, EOFError) as fault:
        problems.append(f"{path.name}: the file cannot be read ({fault}); write it again with `aisleway calibrate`.")
    return None


COMMANDS: tuple[click.Command, ...] = (calibrate_command, locate_command)
