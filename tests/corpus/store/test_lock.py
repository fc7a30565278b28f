"""The writer's lock of a data folder: one process at a time, and gone with whoever held it."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.errors import DataFolderBusy
from corpus.store.lock import writers_lock

pytestmark = pytest.mark.processes

HOLD = """
import sys, time
from pathlib import Path
from corpus.store.lock import writers_lock
with writers_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_another_process_is_told_which_folder_is_busy_until_the_first_has_been_killed(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with (
            pytest.raises(DataFolderBusy, match=f"writing to {tmp_path}; wait until it has ended"),
            writers_lock(tmp_path),
        ):
            pass
        holder.send_signal(signal.SIGKILL)
        holder.wait()
    with writers_lock(tmp_path):
        pass


def test_the_lock_is_given_back_after_a_failure_too(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="of the writer's own"), writers_lock(tmp_path):
        raise ValueError("of the writer's own")
    with writers_lock(tmp_path):
        pass
