"""`reduce_lines`: the shortest program that ends as a mutation does."""

from __future__ import annotations

import dataclasses
import re

from tests.fuzzing.mutations import Mutation
from tests.fuzzing.trial import Trial

_WORDS = re.compile(rb"\S+\s*")


def reduce_lines(trial: Trial, mutation: Mutation) -> Mutation:
    """The mutation with as few lines, and then words, as keep its kind of end."""
    wanted = _end(trial, mutation)
    for split in (lambda data: data.splitlines(keepends=True), _WORDS.findall):
        pieces = split(mutation.data)
        size = max(1, len(pieces) // 2)
        while size:
            start = 0
            while start < len(pieces):
                fewer = pieces[:start] + pieces[start + size :]
                shorter = dataclasses.replace(mutation, data=b"".join(fewer))
                if fewer and _end(trial, shorter) == wanted:
                    pieces, mutation = fewer, shorter
                else:
                    start += size
            size //= 2
    return mutation


def _end(trial: Trial, mutation: Mutation) -> tuple[str, str, str]:
    outcome = trial.carry_out(mutation)
    return outcome.kind, outcome.death, outcome.finding[-200:]
