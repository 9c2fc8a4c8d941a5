"""Who may reach whom, as network policies say it: both ends have to let a connection through."""

from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from typing import Any

Labels = dict[str, str]
_NAMESPACE = "kubernetes.io/metadata.name"


@dataclass(frozen=True)
class Pod:
    """One of ours (``namespace`` empty), or somebody in another namespace."""

    labels: Labels = field(default_factory=dict)
    namespace: str = ""


Outside = str
"""An address that is in no cluster."""


def allowed(policies: list[dict[str, Any]], source: Pod, target: Pod | Outside, port: int) -> bool:
    """Whether ``source`` reaches ``port`` of ``target``; the policies of other namespaces are taken to agree."""
    leaves = source.namespace or _passes(policies, "egress", "to", source, target, port)
    if isinstance(target, str) or target.namespace:
        return bool(leaves)
    return bool(leaves) and _passes(policies, "ingress", "from", target, source, port)


def _passes(policies: list[dict[str, Any]], way: str, key: str, ours: Pod, other: Pod | Outside, port: int) -> bool:
    chosen = [each["spec"] for each in policies if way.capitalize() in each["spec"]["policyTypes"]]
    chosen = [spec for spec in chosen if selects(spec["podSelector"], ours.labels)]
    if not chosen:
        return True
    return any(
        port in {each["port"] for each in rule["ports"]} and any(_is(peer, other) for peer in rule[key])
        for spec in chosen
        for rule in spec.get(way, ())
    )


def _is(peer: dict[str, Any], other: Pod | Outside) -> bool:
    if isinstance(other, str):
        block = peer.get("ipBlock")
        return (
            block is not None
            and _within(other, block["cidr"])
            and not any(_within(other, each) for each in block.get("except", ()))
        )
    if "ipBlock" in peer:
        return False
    namespace = peer.get("namespaceSelector")
    if namespace is None and other.namespace:
        return False
    if namespace is not None and not selects(namespace, {_NAMESPACE: other.namespace}):
        return False
    return selects(peer.get("podSelector", {}), other.labels)


def _within(address: str, network: str) -> bool:
    return ip_address(address) in ip_network(network)


def selects(selector: dict[str, Any], labels: Labels) -> bool:
    """Whether a label selector, with ``In`` and ``NotIn`` as its only operators, takes something with these labels."""
    for each in selector.get("matchExpressions", ()):
        if (labels.get(each["key"]) in each["values"]) != {"In": True, "NotIn": False}[each["operator"]]:
            return False
    return selector.get("matchLabels", {}).items() <= labels.items()
