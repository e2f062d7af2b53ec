"""Whether a program looks at pointers as numbers: a result that is a pointer tells by that what was measured."""

from __future__ import annotations

import re

# Of opaque pointers and of typed ones. Null is no result that a measurement returns.
_COMPARED = re.compile(r"\bicmp\b[^\n;]*?(?:\bptr\b|\*)[^\n;]*", re.ASCII)
_TO_NULL = re.compile(r"(?:\bnull\s*,|,\s*null)")
_AS_NUMBER = re.compile(r"\bptrtoint\s+(?:ptr|[^\n(;]*\*|<\d+ x ptr>)(?:\s+addrspace\(\d+\))?\s+%", re.ASCII)


def looks_at_pointers(text: str) -> bool:
    """Whether an instruction of this module compares pointers, but with null, or takes one for a number."""
    if "ptrtoint" in text and _AS_NUMBER.search(text):
        return True
    if "icmp" not in text:
        return False
    return any(not _TO_NULL.search(found[0]) for found in _COMPARED.finditer(text))
