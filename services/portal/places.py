"""Names of territories: départements from the map's data, régions and collectivities from INSEE's official geographic code."""

import json
from functools import cache
from pathlib import Path

MAP_FILE = Path(__file__).parent / "maps" / "departements.json"
REGIONS = {
    "01": "Guadeloupe", "02": "Martinique", "03": "Guyane", "04": "La Réunion", "06": "Mayotte", "11": "Île-de-France",
    "24": "Centre-Val de Loire", "27": "Bourgogne-Franche-Comté", "28": "Normandie", "32": "Hauts-de-France",
    "44": "Grand Est", "52": "Pays de la Loire", "53": "Bretagne", "75": "Nouvelle-Aquitaine", "76": "Occitanie",
    "84": "Auvergne-Rhône-Alpes", "93": "Provence-Alpes-Côte d’Azur", "94": "Corse",
}  # fmt: skip
COLLECTIVITIES = {
    "975": "Saint-Pierre-et-Miquelon", "977": "Saint-Barthélemy", "978": "Saint-Martin", "986": "Wallis-et-Futuna",
    "987": "Polynésie française", "988": "Nouvelle-Calédonie",
}  # fmt: skip
COUNTRY = "FRANCE"


@cache
def departements() -> dict[str, str]:
    """The names of the départements and of the overseas collectivities, by code."""
    drawn = json.loads(MAP_FILE.read_text(encoding="utf-8"))["departements"]
    return {each["code"]: each["name"] for each in drawn} | COLLECTIVITIES


def departement(code: str | None) -> str:
    """``Bas-Rhin (67)``; the code itself when it is none that is known."""
    name = departements().get(code or "")
    return f"{name} ({code})" if name else code or ""


def zone(zone_id: str, country: str) -> str:
    """The name of a zone as PILOTE names it: ``FRANCE``, ``R44``, ``D67``. ``country`` is what the whole is called."""
    if zone_id == COUNTRY:
        return country
    code = zone_id[1:]
    return departement(code) if zone_id.startswith("D") else REGIONS.get(code, zone_id)
