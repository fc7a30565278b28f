"""Markup in every place that takes words from outside, shown in chromium: what runs, with the policy and without.

    python benchmarks/markup.py [--scale 1.0] [--policy on off] [--only documents review]

`tests/support/infestation.py` says which places; the payloads are made by `tests/support/payloads.py`. The policy is
switched off by the browser, not by the product. The control puts the same payloads into a page of the product past
all escaping.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]

from infestation import Watched, infested, let_loose, places, served
from payloads import combinations

from benchmarks.table import print_table

ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")


def main() -> None:
    """Show everything twice and print what ran."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0, help="share of the payloads")
    parser.add_argument("--policy", nargs="+", choices=("on", "off"), default=("on", "off"))
    parser.add_argument("--only", nargs="+", metavar="PLACE", help="places that begin so; the control is always run")
    arguments = parser.parse_args()
    attacks = combinations(arguments.scale)
    from playwright.sync_api import sync_playwright

    rows: list[tuple[object, ...]] = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        assistant = infested(Path(folder), attacks)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(ARGUMENTS))
        with served(assistant, attacks) as url:
            looks = {
                name: look
                for name, look in places(assistant, attacks).items()
                if arguments.only is None or name.startswith(tuple(arguments.only))
            }
            looks["control, unescaped"] = lambda watched: let_loose(watched, attacks, "/documents")
            for policy in arguments.policy:
                for name, look in looks.items():
                    watched = Watched(browser, url, policy=policy == "on")
                    rows.append((name, policy, len(attacks), len(look(watched))))
                    print(rows[-1], file=sys.stderr, flush=True)
                    watched.close()
        browser.close()
        assistant.close()
    print_table("Markup, shown in chromium", ("place", "policy", "payloads", "executed"), rows)
    executed = sum(int(str(row[3])) for row in rows if not str(row[0]).startswith("control"))
    has_failed_control = arguments.policy[-1] == "off" and not rows[-1][3]
    sys.exit(1 if executed or has_failed_control else 0)


if __name__ == "__main__":
    main()
