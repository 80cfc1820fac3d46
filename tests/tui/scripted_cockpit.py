"""The real cockpit on a real terminal, with the real engine and a scripted model; its argument is a scratch folder."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from engine import small_scripts

from golfer_tui.tui.app import CockpitApp

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    CockpitApp(lambda: small_scripts.opened(folder, worker=small_scripts.steady)).run()
