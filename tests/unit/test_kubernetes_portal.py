"""In a cluster, metrics of the portal are for who watches: visitors come to another port, and to no other."""

from tests.cluster import PROCESSES, SETTINGS, container, of_kind, pod
from tests.policies import Pod, allowed

POLICIES = list(of_kind("NetworkPolicy").values())
PORTAL = "tremplin-portal"


def test_metrics_are_at_the_port_where_prometheus_is_told_to_ask() -> None:
    environment = {each["name"]: each.get("value") for each in container("Deployment", PORTAL)["env"]}
    port = environment["TREMPLIN_PORTAL_METRICS_PORT"]
    assert pod("Deployment", PORTAL)["metadata"]["annotations"]["prometheus.io/port"] == port
    assert port not in {SETTINGS["TREMPLIN_PORTAL_PORT"], None}
    assert [each["targetPort"] for each in of_kind("Service")[PORTAL]["spec"]["ports"]] == ["http"]
    assert [each["containerPort"] for each in container("Deployment", PORTAL)["ports"]] == [8000]


def test_only_who_watches_comes_to_them() -> None:
    portal = Pod(pod("Deployment", PORTAL)["metadata"]["labels"])
    assert allowed(POLICIES, Pod(namespace="monitoring"), portal, 9000)
    others = [Pod(pod("Deployment", f"tremplin-{name}")["metadata"]["labels"]) for name in PROCESSES]
    for other in (*others, Pod(namespace="ingress-nginx"), Pod(namespace="elsewhere")):
        assert not allowed(POLICIES, other, portal, 9000)
