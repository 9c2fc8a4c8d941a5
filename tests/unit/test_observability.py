"""Alerts and dashboard ask for what is really exported, and an alert can be looked into on the dashboard."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase

from services.chassis import telemetry
from services.notifications import main as notifications
from services.portal import live, metering
from tests.cluster import NAMES, OVERLAY, of_kind, pod
from tests.containers import COMPOSE, ROOT
from workflows import worker

FOLDER = ROOT / "deploy" / "observability"
RULES: list[dict[str, Any]] = yaml.safe_load((FOLDER / "alerts.yaml").read_text())["groups"][0]["rules"]
BOARD: dict[str, Any] = json.loads((FOLDER / "grafana" / "waiting.json").read_text())
OVERLAID = yaml.safe_load((OVERLAY / "kustomization.yaml").read_text())
OURS = (telemetry, notifications, metering, worker)
OF_PROMETHEUS = {"up": {"job", "instance"}}
HISTOGRAM = {"_bucket": {"le"}, "_count": set(), "_sum": set()}
_METRIC = re.compile(r"\b(tremplin_\w+|up)\b(?:\{([^}]*)\})?")
_GROUPED = re.compile(r"\b(?:by|without) \(([^)]*)\)")


def exported() -> dict[str, set[str]]:
    """The name of every series that our processes export, and its labels, from what their modules have registered."""
    made = [each for module in OURS for each in vars(module).values() if isinstance(each, MetricWrapperBase)]
    names = {family.name: family.type for family in REGISTRY.collect()}
    found: dict[str, set[str]] = {}
    for metric in made:
        (family,) = metric.describe()
        labels = {*metric._labelnames, "job", "instance"}
        assert names[family.name] == family.type
        if family.type == "histogram":
            found |= {family.name + suffix: labels | more for suffix, more in HISTOGRAM.items()}
        else:
            found[family.name] = labels
    return found


def asked() -> Iterator[tuple[str, str]]:
    """Every expression, with where it stands."""
    for rule in RULES:
        yield rule["alert"], rule["expr"]
    for panel in BOARD["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]
    for name, scaled in of_kind("ScaledObject").items():
        yield name, scaled["spec"]["triggers"][0]["metadata"]["query"]


KNOWN = exported() | OF_PROMETHEUS
ASKED = list(asked())


def metrics_of(expression: str) -> set[str]:
    return {name for name, _ in _METRIC.findall(expression)}


@pytest.mark.parametrize(("place", "expression"), ASKED, ids=[place for place, _ in ASKED])
def test_every_metric_that_is_asked_for_is_exported_with_these_labels(place: str, expression: str) -> None:
    assert metrics_of(expression), place
    labels: set[str] = set()
    for name, matchers in _METRIC.findall(expression):
        assert name in KNOWN
        assert set(re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", matchers)) <= KNOWN[name]
        labels |= KNOWN[name]
    for group in _GROUPED.findall(expression):
        assert {name.strip() for name in group.split(",")} <= labels
    assert expression.count("(") == expression.count(")")


def test_everything_that_is_exported_is_on_the_dashboard() -> None:
    shown = {re.sub("_(bucket|count|sum)$", "", name) for panel in BOARD["panels"] for name in shown_in(panel)}
    assert {re.sub("_(bucket|count|sum)$", "", name) for name in KNOWN} == shown


def shown_in(panel: dict[str, Any]) -> set[str]:
    return {name for target in panel["targets"] for name in metrics_of(target["expr"])}


def test_an_alert_says_what_it_means_and_what_to_do() -> None:
    assert len({rule["alert"] for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert set(rule["annotations"]) == {"summary", "action"}
        assert rule["labels"]["severity"] in {"page", "ticket"}
        named = set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]))
        kept = {name.strip() for group in _GROUPED.findall(rule["expr"]) for name in group.split(",")}
        assert named <= (kept or OF_PROMETHEUS["up"])


def test_readers_are_refused_a_stream_only_after_somebody_was_told() -> None:
    (rule,) = [rule for rule in RULES if "tremplin_open_streams" in rule["expr"]]
    assert 0 < int(rule["expr"].rpartition(">")[2]) < live.MOST_STREAMS
    assert f"at {live.MOST_STREAMS}" in rule["annotations"]["summary"]


def test_the_dashboard_takes_the_data_source_that_is_chosen_and_its_panels_do_not_overlap() -> None:
    (variable,) = BOARD["templating"]["list"]
    assert (variable["type"], variable["query"]) == ("datasource", "prometheus")
    taken: set[tuple[int, int]] = set()
    for panel in BOARD["panels"]:
        assert panel["datasource"]["uid"] == f"${{{variable['name']}}}"
        place = panel["gridPos"]
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert not cells & taken
        assert max(x for x, _ in cells) < 24
        taken |= cells
    assert len({panel["id"] for panel in BOARD["panels"]}) == len(BOARD["panels"])


def test_prometheus_and_grafana_find_what_is_mounted() -> None:
    mounts = {
        volume.split(":")[1] for name in ("prometheus", "grafana") for volume in COMPOSE["services"][name]["volumes"]
    }
    assert set(yaml.safe_load((FOLDER / "prometheus.yaml").read_text())["rule_files"]) <= mounts
    (source,) = yaml.safe_load((FOLDER / "grafana" / "datasources.yaml").read_text())["datasources"]
    assert source["url"] == "http://prometheus:9090"
    (provider,) = yaml.safe_load((FOLDER / "grafana" / "dashboards.yaml").read_text())["providers"]
    home = COMPOSE["services"]["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert home in mounts
    assert home.rpartition("/")[0] == provider["options"]["path"]


def test_the_collector_uses_every_part_that_it_sets_up() -> None:
    collector = yaml.safe_load((FOLDER / "otel-collector.yaml").read_text())
    pipeline = collector["service"]["pipelines"]["traces"]
    for kind in ("receivers", "processors", "exporters"):
        assert set(collector[kind]) == set(pipeline[kind])
    assert collector["receivers"]["otlp"]["protocols"]["http"]["endpoint"].endswith(":4318")
    settings = (ROOT / "deploy" / "compose" / "secrets.sh").read_text()
    assert "OTEL_EXPORTER_OTLP_ENDPOINT=http://otel-collector:4318" in settings


def test_in_a_cluster_the_same_files_are_given_and_every_pod_with_metrics_is_asked() -> None:
    given = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())["configMapGenerator"]
    files = [name for each in given for name in each["files"]]
    assert all((FOLDER / name).is_file() for name in files)
    assert {"alerts.yaml", "grafana/waiting.json", "otel-collector.yaml"} < set(files)
    (job,) = yaml.safe_load((FOLDER / "prometheus-kubernetes.yaml").read_text())["scrape_configs"]
    asked_of = {label for rule in job["relabel_configs"] for label in rule["source_labels"]}
    meta = "__meta_kubernetes_pod_annotation_"
    wanted = {label.removeprefix(meta) for label in asked_of if label.startswith(meta)}
    for name in NAMES:
        metadata = pod("Deployment", f"tremplin-{name}")["metadata"]
        assert {re.sub(r"\W", "_", key) for key in metadata["annotations"]} == wanted
        assert metadata["annotations"]["prometheus.io/port"] == "8000"
    annotations = pod("Deployment", "tremplin-portal")["metadata"]["annotations"]
    assert {re.sub(r"\W", "_", key) for key in annotations} == wanted
    assert annotations["prometheus.io/port"] != "8000"
    assert job["job_name"] == "tremplin"
    assert job["kubernetes_sd_configs"][0]["namespaces"]["names"] == [OVERLAID["namespace"]]
