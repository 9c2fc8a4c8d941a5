"""Open data and the published record: their formats, and whom they do not name."""

from pathlib import Path

from services.observatory import validation
from services.observatory.domain import open_data, record
from services.observatory.domain.applications import application
from services.observatory.domain.money import grant
from tests.facts import TWO, facts, granted, published, selected, submitted

DATA = Path(record.__file__).parent.parent / "data"


def test_grants_fit_their_schema_and_name_no_natural_person(tmp_path: Path) -> None:
    known = facts(
        selected(),
        selected(TWO, applicant_kind="person"),
        submitted(TWO, applicant_kind="person"),
        granted(),
        granted(TWO, "canary"),
    )
    owners = {key: application(item) for (subject, key), item in known.items() if subject == "applications"}
    grants = [grant(item) for (subject, _), item in known.items() if subject == "grants"]
    rows = open_data.grants(grants, owners, open_data.Grantor("Programme", "0" * 14))
    assert list(rows[0]) == list(open_data.GRANTS)
    assert len(open_data.GRANTS) == 16
    assert (rows[0]["montant"], rows[0]["notificationUE"], rows[0]["pourcentageSubvention"]) == (
        "140000.50",
        "non",
        "0.8",
    )
    assert (rows[1]["nomBeneficiaire"], rows[1]["idBeneficiaire"]) == ("Personne physique", None)
    assert rows[1]["dispositifAide"].endswith("(données synthétiques)")
    path = tmp_path / "grants.csv"
    path.write_text(open_data.as_csv(list(open_data.GRANTS), rows), encoding="utf-8")
    assert "canary" not in path.read_text(encoding="utf-8")
    assert validation.problems("grants", path) == []
    path.write_text(path.read_text(encoding="utf-8").replace("2022-03-20", "demain"), encoding="utf-8")
    assert validation.problems("grants", path)


def test_open_data_notes_small_groups_and_defuses_formulas() -> None:
    known = [application(each) for each in facts(submitted(), selected(), published()).values()]
    rows = open_data.applications(known)
    assert [(row["besoin"], row["candidatures"], row["petit_effectif"]) for row in rows] == [
        ("funding", 1, "oui"),
        ("visibility", 1, "oui"),
    ]
    laureates = open_data.laureates(known)
    assert laureates[0]["organisation"] == "Les Jardins"
    assert ",'=Titre," in open_data.as_csv(list(open_data.LAUREATES), laureates)


def test_the_published_record_sums_by_priority() -> None:
    with (DATA / record.PROJECTS).open(encoding="utf-8", newline="") as lines:
        projects = record.projects(lines)
    assert len(projects) == 53
    sums = record.by_priority(projects)
    assert sum(row["projects"] for row in sums) == 53
    assert sum(row["amount_eur"] for row in sums) == sum(project["amount_eur"] for project in projects)
    with (DATA / record.FIGURES).open(encoding="utf-8", newline="") as lines:
        published_totals = record.published_totals(lines)
    assert published_totals["total"] == {"amount_eur": 288_500_000, "projects": 3_637}
    for row in sums:
        if row["priority"] in published_totals:
            assert row["amount_eur"] <= published_totals[row["priority"]]["amount_eur"]
