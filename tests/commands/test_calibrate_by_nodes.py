from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.position_files import Folder
from tests.domain.radio_floor import ANCHORS


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def test_receivers_that_hear_each_other_calibrate_a_floor_nobody_surveyed(folder: Folder) -> None:
    (folder.path / "truth.csv").unlink()
    lines = [
        f"{0.5 * i},{sender.node_id},{hearer.node_id},{-55 - 2 * abs(ANCHORS.index(sender) - ANCHORS.index(hearer))}\n"
        for sender in ANCHORS
        for hearer in ANCHORS
        if sender is not hearer
        for i in range(4)
    ]
    folder.append("sightings.csv", "".join(lines))
    result = folder.calibrate()
    assert result.exit_code == 0, result.stderr
    assert "5 receivers were heard by others" in result.stdout
    found = folder.read_calibration()
    assert found.survey_points == 0
    assert any(anchor.offset_db != 0 for anchor in found.anchors)
    assert folder.locate("--calibration", str(folder.calibration)).exit_code == 0


def test_a_survey_without_truth_and_without_nodes_that_send_is_a_clear_fault(folder: Folder) -> None:
    (folder.path / "truth.csv").unlink()
    result = folder.calibrate()
    assert result.exit_code == 1
    assert "truth.csv: the folder has no such file" in result.stderr
    assert not folder.calibration.exists()
