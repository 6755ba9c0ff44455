"""Another process that works on the draft and loses its power in the middle: ``python -m`` this, URL, moment, edit.

It dies by SIGKILL either when all is written and only the database's word for it is missing, or when it has that word and
has told nobody.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import event

from store_server.adapters.sql_database import Database
from store_server.adapters.sql_plans import SqlPlanRecords
from store_server.wire.drafts import PlanEdit
from tests.tree import REPOSITORY


class Moment(StrEnum):
    BEFORE_COMMIT = "before_commit"
    AFTER_COMMIT = "after_commit"


def save_and_die(url: str, edit: PlanEdit, moment: Moment) -> None:
    """Run another process that saves this edit and dies then."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.adapters.dying_saver", url, moment, edit.model_dump_json()],
        cwd=REPOSITORY,
        check=False,
    )
    assert done.returncode == -signal.SIGKILL


def die(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def main(url: str, moment: str, edit_json: str) -> None:
    database = Database(url)
    if moment == Moment.BEFORE_COMMIT:
        event.listen(database.durable, "commit", die)
    SqlPlanRecords(database).save_edit(
        PlanEdit.model_validate_json(edit_json), "ada", datetime.now(UTC), lambda revision: None
    )
    die()


if __name__ == "__main__":
    main(*sys.argv[1:])
