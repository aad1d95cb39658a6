"""The one thing that can go wrong while the model is being made."""

from __future__ import annotations


class ModelBuildError(Exception):
    """Say in one line what failed, where, and what to do next."""
