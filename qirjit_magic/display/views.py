"""The views of a run, each by its title: what a notebook shows below each other, and a panel in tabs."""

from __future__ import annotations

from qirjit_magic.display.summary import Summarised


def views(result: Summarised) -> dict[str, str]:
    """The views that the run has something for: title to HTML that brings its style with it.

    The titles are, in this order, ``Histogram``, ``Returned``, ``Records``, ``State`` and ``Messages``.

    Args:
        result: a `RunResult`.
    """
    raise NotImplementedError(result)
