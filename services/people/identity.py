"""What is private of a person, sealed at rest under that person's own key."""

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from contracts.model import Email, Model, Phone

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100)]


class Identity(Model):
    """A person's name and whereabouts; never in an event, a log or an error."""

    given_name: Name
    family_name: Name
    email: Email
    phone: Phone | None = None
    address: Annotated[str, Field(max_length=300)] | None = None
    birth_date: date | None = None
