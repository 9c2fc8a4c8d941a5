"""What is private of a person, sealed at rest under that person's own key."""

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from contracts.model import Model

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]
Email = Annotated[
    str,
    StringConstraints(
        max_length=254,
        pattern=r"^[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+)*"
        r"@([a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z]"
        r"([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$",
    ),
]
"""A dot-atom address (RFC 5322) at a domain of several labels."""
Phone = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$")]
"""ITU-T E.164."""


class Identity(Model):
    """A person's name and whereabouts; never in an event, a log or an error."""

    given_name: Name
    family_name: Name
    email: Email
    phone: Phone | None = None
    address: Annotated[str, Field(max_length=300)] | None = None
    birth_date: date | None = None
