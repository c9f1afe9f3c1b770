"""The folder of the repository."""

from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
