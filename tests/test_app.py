"""The composition root."""

from __future__ import annotations

import logging

import pytest

from store_server.app import _steady


def test_work_that_fails_is_logged_by_its_kind_and_tried_again(caplog: pytest.LogCaptureFixture) -> None:
    runs: list[int] = []
    personal = "9b1d", "12.5"

    def count_shoppers() -> None:
        runs.append(1)
        raise ValueError(personal)

    work = _steady(count_shoppers)
    with caplog.at_level(logging.ERROR):
        work()
        work()
    assert len(runs) == 2
    assert "count_shoppers failed" in caplog.text
    assert "ValueError" in caplog.text
    assert not [mark for mark in personal if mark in caplog.text]
