"""Open data: three files, their rows and their catalogue. Columns and labels are in French, as their readers expect."""

import csv
import io
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from services.observatory.domain.applications import NATURAL, Application
from services.observatory.domain.money import Grant

SMALL_GROUP = 5
_SYNTHETIC = " (données synthétiques)"
_LICENCE = {
    "id": "etalab-2.0",
    "title": "Licence Ouverte / Open Licence version 2.0",
    "url": "https://www.etalab.gouv.fr/licence-ouverte-open-licence",
}
APPLICATIONS = {
    "theme": "Thème de l'initiative",
    "type_porteur": "Type de porteur",
    "besoin": "Besoin exprimé ; une candidature qui en exprime plusieurs est comptée dans chacun",
    "candidatures": "Nombre de candidatures déposées",
    "petit_effectif": f"oui quand le nombre est inférieur à {SMALL_GROUP}",
    "synthetique": "oui quand les données sont synthétiques",
}
LAUREATES = {
    "numero": "Numéro de la candidature",
    "titre": "Titre de l'initiative",
    "objet": "Objet de l'initiative",
    "type_porteur": "Type de porteur",
    "organisation": "Nom de la personne morale ; vide pour une personne physique",
    "siret": "SIRET de la personne morale",
    "rna": "Numéro RNA de l'association",
    "commune": "Code INSEE de la commune de la personne morale",
    "departement": "Code du département",
    "theme": "Thème de l'initiative",
    "liste_complementaire": "oui quand la place vient de la liste complémentaire",
    "date_selection": "Date de la sélection",
    "synthetique": "oui quand les données sont synthétiques",
}
GRANTS = {
    "nomAttribuant": "Nom de l'attribuant",
    "idAttribuant": "SIRET de l'attribuant",
    "dateConvention": "Date de la convention",
    "referenceDecision": "Référence de la décision",
    "nomBeneficiaire": "Nom du bénéficiaire ; une personne physique n'est pas nommée",
    "idBeneficiaire": "SIRET du bénéficiaire",
    "rnaBeneficiaire": "Numéro RNA du bénéficiaire",
    "objet": "Objet de la subvention",
    "montant": "Montant total en euros",
    "nature": "Nature de la subvention",
    "conditionsVersement": "Conditions de versement",
    "datesPeriodeVersement": "Date ou période de versement",
    "idRAE": "Référence au répertoire des aides aux entreprises",
    "notificationUE": "Aide notifiée à la Commission européenne",
    "pourcentageSubvention": "Part du montant attribuée au bénéficiaire",
    "dispositifAide": "Dispositif d'aide",
}

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Grantor:
    """Who gives the grants: the name, and the SIRET of 14 digits."""

    name: str
    siret: str


@dataclass(frozen=True, slots=True)
class Dataset:
    name: str
    title: str
    description: str
    columns: dict[str, str]
    schema: str | None = None


DATASETS = {
    item.name: item
    for item in (
        Dataset(
            "applications", "Candidatures par thème, type de porteur et besoin", "Effectifs agrégés.", APPLICATIONS
        ),
        Dataset("laureates", "Lauréats", "Les initiatives sélectionnées, désistements exclus.", LAUREATES),
        Dataset("grants", "Subventions", "Données essentielles des conventions.", GRANTS, "scdl/subventions 2.1.1"),
    )
}


def catalogue() -> dict[str, Any]:
    """What there is: description, licence, columns, where."""
    return {
        "licence": _LICENCE,
        "datasets": [
            {
                "name": item.name,
                "title": item.title,
                "description": item.description,
                "schema": item.schema,
                "columns": [{"name": name, "description": text} for name, text in item.columns.items()],
                "resources": [
                    {"format": form, "href": f"/open-data/{item.name}.{form}", "media_type": media}
                    for form, media in (("csv", "text/csv"), ("json", "application/json"))
                ],
                "licence": _LICENCE["id"],
            }
            for item in DATASETS.values()
        ],
    }


def applications(known: Iterable[Application]) -> list[Row]:
    counts: Counter[tuple[str, str, str, bool]] = Counter()
    for item in known:
        if item.submitted:
            key = (item.theme or "", item.applicant_kind or "")
            counts.update((*key, need, item.synthetic) for need in item.needs or ("aucun",))
    return [
        dict(zip(APPLICATIONS, (theme, kind, need, count, _yes(count < SMALL_GROUP), _yes(synthetic)), strict=True))
        for (theme, kind, need, synthetic), count in sorted(counts.items())
    ]


def laureates(known: Iterable[Application]) -> list[Row]:
    rows = []
    for item in sorted(known, key=lambda item: (item.number or "", item.key)):
        if not item.laureate:
            continue
        record = item.published or {}
        public = [record.get(name) for name in ("organisation_name", "siret", "rna", "commune")]
        texts = [item.number, record.get("title"), record.get("purpose"), item.applicant_kind, *public]
        rest = [item.departement, item.theme, _yes(item.from_reserve), (item.selected_at or "")[:10]]
        rows.append(dict(zip(LAUREATES, (*texts, *rest, _yes(item.synthetic)), strict=True)))
    return rows


def grants(known: Iterable[Grant], owners: dict[str, Application], grantor: Grantor) -> list[Row]:
    """The published grants in the columns of scdl/subventions 2.1.1, by reference."""
    published = sorted((item for item in known if item.published), key=lambda item: (_reference(item), item.key))
    return [_grant(item, owners.get(item.key), grantor) for item in published]


def _reference(item: Grant) -> str:
    return str((item.published or {})["reference"])


def _grant(item: Grant, owner: Application | None, grantor: Grantor) -> Row:
    record = item.published or {}
    natural = owner is not None and owner.applicant_kind in NATURAL
    name = None if natural else record["beneficiary_name"]
    scheme = record["scheme"] + (_SYNTHETIC if owner and owner.synthetic else "")
    values = (
        grantor.name,
        grantor.siret,
        record["agreed_on"],
        record["reference"],
        name or "Personne physique",
        None if natural else record["beneficiary_siret"],
        None if natural else record["beneficiary_rna"],
        record["purpose"][:256],
        f"{record['amount_cents'] // 100}.{record['amount_cents'] % 100:02d}",
        record["nature"],
        record["conditions"][:256],
        record["payment_period"],
        None,
        _yes(record["eu_notification"]),
        f"{record['share']:g}",
        scheme,
    )
    return dict(zip(GRANTS, values, strict=True))


def as_csv(columns: Sequence[str], rows: Iterable[Row]) -> str:
    """UTF-8 text, comma, a header; a text that a spreadsheet would run as a formula begins with an apostrophe."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: _harmless(value) for name, value in row.items()} for row in rows)
    return text.getvalue()


def _harmless(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


def _yes(value: bool) -> str:
    return "oui" if value else "non"
