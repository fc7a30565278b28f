"""Syncs killed at random moments: nothing acknowledged is lost, nothing half done is seen, the next sync completes it.

    python benchmarks/kills.py [--kills 300] [--minutes 20]
    python benchmarks/kills.py --broken --kills 60        # the control: a build that shows documents too early

One data folder lives through all of it. Each round, files of an open and of a restricted source are added, changed,
renamed and deleted, then a child process synchronises (every tenth round it rebuilds the indexes) and is sent SIGKILL
at a random one of its writes and commits, or up to 50 ms after it. The child tells of each commit of the catalog after
it was made: that is what is acknowledged. Vectors are hashed words
(`tests/support/fakes.py`), so that the time goes into writing. Then, over what the kill left:

- the folder opens; every commit told of is in the catalog; every document shown is whole in both indexes
- every citation ever given opens with its text, and those of new answers hold
- nobody without the group finds, lists or opens anything of the restricted source
- after one more sync the catalog agrees with the files and both indexes with the catalog; the next changes nothing
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from fakes import FakeEncoder

from assistant.assembly import open_assistant
from benchmarks.kill_checks import GROUP, SECRET_WORD, Checks
from benchmarks.killed_child import start_child
from benchmarks.table import print_table

_REBUILD_EVERY = 10
_ASK_TWICE_EVERY = 5
_FILES = 24
# After a write or a commit was told of, the kill comes within this time: in it, or between it and the next.
_LONGEST_DELAY_SECONDS = 0.05


def main() -> None:
    """Kill, check and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--minutes", type=float, default=20, help="at most so long")
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--broken", action="store_true", help="the control: a build that is wrong")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        trial = Trial(Path(folder), random.Random(arguments.seed), broken=arguments.broken)
        trial.run(arguments.kills, arguments.minutes * 60)
    title = "A sync killed again and again" + (", deliberately broken build" if arguments.broken else "")
    print_table(title, ("what", "count"), list(trial.counts.items()))
    print_table("What was found wrong", ("what", "times"), list(trial.checks.wrong.items()) or [("nothing", 0)])
    sys.exit(bool(trial.checks.wrong) != arguments.broken)


class Trial:
    """The rounds over one data folder."""

    def __init__(self, folder: Path, chance: random.Random, *, broken: bool) -> None:
        self.data = folder / "data"
        self.sources = {name: folder / name for name in ("open", "secret")}
        self.chance = chance
        self.counts: Counter[str] = Counter()
        self.checks = Checks(self.data, self.sources, chance)
        self.child = start_child(broken=broken)

    def run(self, kills: int, seconds: float) -> None:
        """So many kills, or for so long."""
        started = time.monotonic()
        try:
            self._begin()
            self._change_files()
            told = self._job("sync", None)
            acts = {False: told["acts"], True: told["acts"]}  # how many a sync has, and a rebuild
            while self.counts["kills"] < kills and time.monotonic() - started < seconds:
                rebuilds = self.chance.randrange(_REBUILD_EVERY) == 0
                self._change_files()
                moment = (self.chance.randrange(acts[rebuilds] + 1), self.chance.uniform(0, _LONGEST_DELAY_SECONDS))
                told = self._job("reindex" if rebuilds else "sync", moment)
                self._count(told, rebuilds=rebuilds)
                if not told["killed"]:
                    acts[rebuilds] = told["acts"]
                self.checks.after_kill(told["commits"], ask_twice=self.counts["kills"] % _ASK_TWICE_EVERY == 0)
        finally:
            self.child.communicate(timeout=60)
        self.counts["checks"] = self.checks.made
        self.counts["seconds"] = round(time.monotonic() - started)

    def _begin(self) -> None:
        for folder in self.sources.values():
            folder.mkdir()
        for _ in range(6):
            self._change_files()
        assistant = open_assistant(self.data, encoder=FakeEncoder())
        assistant.add(self.sources["open"])
        assistant.add(self.sources["secret"], groups=[GROUP])
        assistant.close()

    def _job(self, work: str, moment: tuple[int, float] | None) -> dict[str, Any]:
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        self.child.stdin.write(json.dumps({"data": str(self.data), "work": work, "kill": moment}) + "\n")
        self.child.stdin.flush()
        told: dict[str, Any] = json.loads(self.child.stdout.readline())
        return told

    def _count(self, told: dict[str, Any], *, rebuilds: bool) -> None:
        if not told["killed"]:
            self.counts["ended before the kill (not counted as kills)"] += 1
            return
        self.counts["kills"] += 1
        self.counts["of these while the indexes were rebuilt"] += rebuilds
        self.counts["of these after the first write"] += told["acts"] > 0
        self.counts["commits that were acknowledged before a kill"] += len(told["commits"])

    def _change_files(self) -> None:
        """Add, change, rename or delete some files of both sources; once in a while one that cannot be read."""
        for name, folder in self.sources.items():
            files = sorted(folder.iterdir())
            for path in self.chance.sample(files, min(len(files), 2)):
                act = self.chance.choice(("change", "rename", "delete", "break"))
                if act == "change":
                    path.write_text(self._text(name))
                elif act == "rename":
                    path.rename(folder / self._name())
                elif act == "delete" or path.read_bytes()[:1] == b"\0":
                    path.unlink()
                else:
                    path.write_bytes(b"\0\1")
            for _ in range(self.chance.randrange(3, 6) if len(files) < _FILES else 1):
                (folder / self._name()).write_text(self._text(name))

    def _name(self) -> str:
        return f"{self.chance.randrange(10**9):09}.txt"

    def _text(self, source: str) -> str:
        who = SECRET_WORD if source == "secret" else "Latvia"
        number = self.chance.randrange(10**6)
        sentence = f"{who} and Norway signed agreement {number} on health in Oslo on 4 December 2025."
        return "\n\n".join([sentence, *(f"{who} programme {number}-{n} helps doctors." for n in range(5))])


if __name__ == "__main__":
    main()
