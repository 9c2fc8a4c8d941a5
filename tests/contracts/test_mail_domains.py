"""Which mail domains say that two people belong together."""

from hashlib import sha256

import pytest

from contracts.mail_domains import digest


@pytest.mark.parametrize(
    "email", ["a@gmail.com", "a@ORANGE.fr", "a@interieur.gouv.fr", "a@sub.dept.gouv.fr", "a@ac-lyon.fr", "a@gouv.fr"]
)
def test_shared_mail_domains_say_nothing(email: str) -> None:
    assert digest(email) is None


def test_a_mail_domain_is_told_as_the_digest_of_its_lower_case() -> None:
    assert digest("a@Ville-Ici.FR") == digest("b@ville-ici.fr")
    assert digest("a@notgouv.fr") == sha256(b"notgouv.fr").hexdigest()
