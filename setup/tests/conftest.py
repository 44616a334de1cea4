"""The set-up's own modules are not a package; tests find them as commands do."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[1] / "lib"))


@pytest.fixture
def run_folder(tmp_path, monkeypatch):
    """Locks and logs of the set-up go to a folder of the test."""
    import locks
    import processes

    monkeypatch.setattr(locks, "RUN", tmp_path)
    monkeypatch.setattr(processes, "LOGS", tmp_path)
    return tmp_path
