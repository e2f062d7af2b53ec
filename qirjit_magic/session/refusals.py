"""What the engine process refused, as the error that it raised there."""

from __future__ import annotations

from qirjit_magic import errors
from qirjit_magic.errors import EngineStartError, QirError
from qirjit_magic.wire.protocol import Refused


def rebuilt(refused: Refused) -> QirError:
    """The error.

    Raises:
        EngineStartError: there is no such error in this version.
    """
    kind = getattr(errors, refused.error, QirError)
    facts = {key: tuple(value) if isinstance(value, list) else value for key, value in refused.facts.items()}
    try:
        error = kind(**facts)
    except TypeError as mistake:
        error = mistake
    if not isinstance(error, QirError):
        message = f"the engine process refused with {refused.error}, which is no error of this version."
        raise EngineStartError(message)
    return error
