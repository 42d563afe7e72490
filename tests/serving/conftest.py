"""Fixtures of the serving room."""

from tests.serving.stage import stage, staged

__all__ = ["stage", "staged"]
