"""What the tests of FHIR share."""

from typing import Any

from fhir.resources.R4B.bundle import Bundle


def kinds(whole: Bundle, kind: str) -> list[Any]:
    """Every resource of a kind."""
    return [one.resource for one in whole.entry if one.resource.__resource_type__ == kind]
