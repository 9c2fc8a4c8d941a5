"""The départements by région, as INSEE's official geographic code has them; what lies in no région comes last."""

REGIONS: dict[str, tuple[str, ...]] = {
    "01": ("971",),
    "02": ("972",),
    "03": ("973",),
    "04": ("974",),
    "06": ("976",),
    "11": ("75", "77", "78", "91", "92", "93", "94", "95"),
    "24": ("18", "28", "36", "37", "41", "45"),
    "27": ("21", "25", "39", "58", "70", "71", "89", "90"),
    "28": ("14", "27", "50", "61", "76"),
    "32": ("02", "59", "60", "62", "80"),
    "44": ("08", "10", "51", "52", "54", "55", "57", "67", "68", "88"),
    "52": ("44", "49", "53", "72", "85"),
    "53": ("22", "29", "35", "56"),
    "75": ("16", "17", "19", "23", "24", "33", "40", "47", "64", "79", "86", "87"),
    "76": ("09", "11", "12", "30", "31", "32", "34", "46", "48", "65", "66", "81", "82"),
    "84": ("01", "03", "07", "15", "26", "38", "42", "43", "63", "69", "73", "74"),
    "93": ("04", "05", "06", "13", "83", "84"),
    "94": ("2A", "2B"),
}
COLLECTIVITIES = ("975", "977", "978", "986", "987", "988")
"""Overseas collectivities and New Caledonia."""
DEPARTEMENTS: tuple[str, ...] = (*sorted(code for codes in REGIONS.values() for code in codes), *COLLECTIVITIES)
ZONE = r"^(FRANCE|R[0-9]{2}|D(0[1-9]|[1-8][0-9]|9[0-5]|2[AB]|97[1-8]|98[678]))$"
"""A zone as PILOTE names it: the country, a région or a département."""
_REGION_OF = {code: region for region, codes in REGIONS.items() for code in codes}


def region_of(departement: str) -> str | None:
    """The code of the région in which a département lies; nothing for an overseas collectivity."""
    return _REGION_OF.get(departement)


def zones_of(departement: str | None) -> list[str]:
    """The zones to which a département's values belong: the country, its région, itself."""
    if departement is None:
        return ["FRANCE"]
    region = region_of(departement)
    return ["FRANCE", *([f"R{region}"] if region else []), f"D{departement}"]


def shown(zone: str) -> dict[str, str]:
    """A zone with its mesh, as PILOTE shows it."""
    return {"mesh": {"F": "NAT", "R": "REG", "D": "DEPT"}[zone[0]], "zone_id": zone}
