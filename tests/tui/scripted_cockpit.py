"""The real cockpit on a real terminal, with the real engine and a scripted model.

Its arguments are a scratch folder, and as JSON what `[notices]` of the settings says.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import msgspec
from engine import small_scripts

from golfer_tui.model.settings import NoticeSettings
from golfer_tui.tui.app import CockpitApp

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    notices = msgspec.json.decode("".join(sys.argv[2:]) or "{}", type=NoticeSettings)
    CockpitApp(lambda: small_scripts.opened(folder, worker=small_scripts.steady), notices=notices).run()
