"""Which mail domain two people share when it says something: not a public provider's, not the State's."""

from hashlib import sha256

_PUBLIC = """
aliceadsl.fr aol.com aol.fr bbox.fr club-internet.fr cegetel.net dartybox.com disroot.org fastmail.com free.fr freesbee.fr
gmail.com gmx.com gmx.de gmx.fr gmx.net googlemail.com hey.com hotmail.be hotmail.co.uk hotmail.com hotmail.fr icloud.com
ik.me infonie.fr laposte.net lilo.org live.be live.com live.fr mac.com mail.com mailo.com mail.pf me.com mls.nc msn.com
neuf.fr noos.fr numericable.fr only.fr orange.fr outlook.com outlook.fr pm.me posteo.net proton.me protonmail.com
protonmail.ch riseup.net sfr.fr t-online.de tuta.com tuta.io tutanota.com voila.fr wanadoo.fr web.de yahoo.co.uk yahoo.com
yahoo.fr yandex.com ymail.com zaclys.net zoho.com
"""
_STATE = """
gouv.fr assemblee-nationale.fr senat.fr elysee.fr conseil-etat.fr conseil-constitutionnel.fr ccomptes.fr justice.fr
insee.fr service-public.fr lecese.fr
"""
PUBLIC_PROVIDERS = frozenset(_PUBLIC.split())
STATE_DOMAINS = frozenset(_STATE.split())
ACADEMY_PREFIX = "ac-"


def digest(email: str) -> str | None:
    """SHA-256 (hex) of the address's lower-case domain, or None for a domain that public providers or the State share."""
    domain = email.rsplit("@", 1)[-1].strip().rstrip(".").lower()
    if domain in PUBLIC_PROVIDERS or _is_state(domain):
        return None
    return sha256(domain.encode()).hexdigest()


def _is_state(domain: str) -> bool:
    labels = domain.split(".")
    parents = {".".join(labels[start:]) for start in range(len(labels))}
    academy = len(labels) >= 2 and labels[-1] == "fr" and labels[-2].startswith(ACADEMY_PREFIX)
    return academy or not parents.isdisjoint(STATE_DOMAINS)
