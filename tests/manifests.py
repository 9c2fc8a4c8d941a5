"""Kubernetes manifests as ``kubectl kustomize`` would build them, for the few things that ours ask of it.

Whatever else a kustomization asks is refused; a test compares the two where there is a kubectl. Generated ConfigMaps keep their
plain name: the hash at its end is kubectl's.
"""

import copy
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1] / "deploy" / "kubernetes"
Manifest = dict[str, Any]
_KNOWN = {
    "apiVersion", "kind", "resources", "configurations", "nameSuffix", "labels", "patches", "configMapGenerator", "namespace",
    "images",
}  # fmt: skip
_SELECTORS = ("spec.selector.matchLabels", "spec.template.metadata.labels")
_SPREAD = "spec.template.spec.topologySpreadConstraints.labelSelector.matchLabels"
_BUILT_IN = {
    "Deployment": (("HorizontalPodAutoscaler", "spec/scaleTargetRef/name"),),
    "Service": (("Ingress", "spec/rules/http/paths/backend/service/name"),),
    "PersistentVolumeClaim": (("Deployment", "spec/template/spec/volumes/persistentVolumeClaim/claimName"),),
}
_WITHOUT_NAMESPACE = {"Namespace"}


def build(folder: Path) -> list[Manifest]:
    """Every manifest of the kustomization in ``folder``. Raises ``ValueError`` for what is not understood."""
    return _build(folder)[0]


def _build(folder: Path) -> tuple[list[Manifest], dict[str, tuple[tuple[str, str], ...]]]:
    asked = yaml.safe_load((folder / "kustomization.yaml").read_text())
    if unknown := set(asked) - _KNOWN:
        raise ValueError(f"{folder}: {unknown}")
    found, references = _resources(folder, asked)
    for generator in asked.get("configMapGenerator", ()):
        _generate(found, folder, generator)
    for patch in asked.get("patches", ()):
        _patch(found, patch)
    _rename(found, asked.get("nameSuffix", ""), references)
    for labels in asked.get("labels", ()):
        _label(found, labels["pairs"])
    for each in found:
        if "namespace" in asked and each["kind"] not in _WITHOUT_NAMESPACE:
            each["metadata"]["namespace"] = asked["namespace"]
    _images(found, asked.get("images", ()))
    return found, references


def _resources(folder: Path, asked: Manifest) -> tuple[list[Manifest], dict[str, tuple[tuple[str, str], ...]]]:
    found: list[Manifest] = []
    references = dict(_BUILT_IN)
    for configuration in asked.get("configurations", ()):
        for known in yaml.safe_load((folder / configuration).read_text())["nameReference"]:
            more = tuple((each["kind"], each["path"]) for each in known["fieldSpecs"])
            references[known["kind"]] = (*references.get(known["kind"], ()), *more)
    for name in asked["resources"]:
        if (folder / name).is_file():
            found += yaml.safe_load_all((folder / name).read_text())
            continue
        below, more_references = _build((folder / name).resolve())
        found += below
        references = {
            kind: tuple({*references.get(kind, ()), *more_references.get(kind, ())})
            for kind in {*references, *more_references}
        }
    return found, references


def _generate(found: list[Manifest], folder: Path, generator: Manifest) -> None:
    lines = [line for name in generator["envs"] for line in (folder / name).read_text().splitlines()]
    data = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    if generator.get("behavior") == "merge":
        (there,) = (
            each for each in found if (each["kind"], each["metadata"]["name"]) == ("ConfigMap", generator["name"])
        )
        there["data"] |= data
        return
    metadata = {"name": generator["name"]}
    found.append({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": data})


def _patch(found: list[Manifest], patch: Manifest) -> None:
    chosen = [each for each in found if each["kind"] == patch["target"]["kind"]]
    if not chosen:
        raise ValueError(patch)
    for each in chosen:
        for operation in yaml.safe_load(patch["patch"]):
            _operate(each, operation)


def _operate(chosen: Manifest, operation: Manifest) -> None:
    *steps, last = (_unescaped(step) for step in operation["path"].strip("/").split("/"))
    place: Any = chosen
    for step in steps:
        place = place[int(step) if isinstance(place, list) else step]
    if operation["op"] == "add" and last == "-":
        place.append(operation["value"])
        return
    key = int(last) if isinstance(place, list) else last
    if operation["op"] == "remove":
        del place[key]
    elif operation["op"] == "replace":
        place[key]
        place[key] = operation["value"]
    else:
        raise ValueError(operation)


def _unescaped(step: str) -> str:
    """A part of a JSON Pointer (RFC 6901)."""
    return step.replace("~1", "/").replace("~0", "~")


def _rename(found: list[Manifest], suffix: str, references: dict[str, tuple[tuple[str, str], ...]]) -> None:
    if not suffix:
        return
    names = {(each["kind"], each["metadata"]["name"]) for each in found}
    for each in found:
        each["metadata"]["name"] += suffix
        for kind, places in references.items():
            for path in (path for referring, path in places if referring == each["kind"]):
                for holder, key in holders(each, path.split("/")):
                    if (kind, holder[key]) in names:
                        holder[key] += suffix


def holders(place: Any, steps: list[str]) -> Iterator[tuple[dict[str, Any], str]]:
    """The dictionaries that hold the field at ``steps``, through every list on the way, with the field's key."""
    if isinstance(place, list):
        for each in place:
            yield from holders(each, steps)
    elif isinstance(place, dict) and steps[0] in place:
        if len(steps) == 1:
            yield place, steps[0]
        else:
            yield from holders(place[steps[0]], steps[1:])


def _label(found: list[Manifest], pairs: dict[str, str]) -> None:
    for each in found:
        each["metadata"].setdefault("labels", {}).update(pairs)
        if each["kind"] == "Service":
            each["spec"]["selector"].update(pairs)
        for path in (*_SELECTORS, _SPREAD):
            for holder, key in holders(each, path.split(".")):
                holder[key].update(pairs)


def _images(found: list[Manifest], images: list[dict[str, str]]) -> None:
    for each in found:
        for holder, key in holders(each, ["spec", "template", "spec", "containers", "image"]):
            for image in images:
                if holder[key].partition(":")[0] == image["name"]:
                    holder[key] = f"{image['newName']}:{image['newTag']}"


def unhashed(built: list[Manifest]) -> list[Manifest]:
    """What kubectl has built, without the hashes at the end of the names of generated ConfigMaps."""
    text = yaml.safe_dump_all(copy.deepcopy(built))
    return list(yaml.safe_load_all(re.sub(r"\b(tremplin-settings)-[a-z0-9]{10}\b", r"\1", text)))
