"""Whether a page is valid HTML, as the theme and the content security policy want it too."""

from collections import Counter
from collections.abc import Callable, Iterator

from justhtml import JustHTML

from tests.browser.tags import VOID, Tag, Tags

_NAMES = """html head title style script noscript template body main header footer nav aside section article search address
h1 h2 h3 h4 h5 h6 hgroup p pre blockquote ol ul menu li dl dt dd figure figcaption div a em strong small s cite q dfn abbr
ruby rt rp data time code var samp kbd sub sup i b u mark bdi bdo span ins del picture iframe object video audio map
table caption colgroup tbody thead tfoot tr td th form label button select datalist optgroup option textarea output
progress meter fieldset legend details summary dialog svg math canvas slot"""
_ELEMENTS = VOID | frozenset(_NAMES.split())
_CHILDREN = {
    "ul": {"li", "script", "template"},
    "ol": {"li", "script", "template"},
    "dl": {"dt", "dd", "div", "script", "template"},
    "table": {"caption", "colgroup", "thead", "tbody", "tfoot"},
    "thead": {"tr"},
    "tbody": {"tr"},
    "tfoot": {"tr"},
    "tr": {"th", "td"},
    "select": {"option", "optgroup", "hr"},
}
_PARENTS = {
    "li": {"ul", "ol", "menu"},
    "tr": {"thead", "tbody", "tfoot"},
    "td": {"tr"},
    "th": {"tr"},
    "legend": {"fieldset"},
    "caption": {"table"},
    "summary": {"details"},
    "option": {"select", "optgroup", "datalist"},
}
_NOT_WITHIN = {
    "a": {"a", "button"},
    "button": {"a", "button"},
    "form": {"form"},
    "label": {"a", "button", "label"},
    "input": {"a", "button"},
    "select": {"a", "button"},
    "textarea": {"a", "button"},
    "main": {"article", "aside", "footer", "header", "nav"},
}
_PHRASES_ONLY = {
    "p",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "span",
    "strong",
    "em",
    "label",
    "button",
    "dt",
    "summary",
    "legend",
}
_BLOCKS = {
    "div",
    "p",
    "ul",
    "ol",
    "dl",
    "table",
    "form",
    "section",
    "article",
    "fieldset",
    "figure",
    "nav",
    "main",
    "details",
}
_REFERENCES = (
    "for",
    "aria-labelledby",
    "aria-describedby",
    "aria-controls",
    "aria-errormessage",
    "headers",
    "list",
    "form",
)
_UNLABELLED = {"hidden", "submit", "button", "reset", "image"}


def valid_html(text: str, *, fragment: bool = False) -> None:
    """Raises ``AssertionError`` with everything that is wrong in a page. ``fragment``: what a partial answer holds, where
    there is no document to judge and what it refers to may be elsewhere."""
    tags = Tags(text)
    found = [*tags.faults, *_parse_errors(text, fragment)]
    for rule in _ANYWHERE if fragment else _ANYWHERE + _IN_A_DOCUMENT:
        found += rule(tags)
    assert not found, "the page is not valid:\n" + "\n".join(f"- {problem}" for problem in dict.fromkeys(found))


def _parse_errors(text: str, fragment: bool) -> Iterator[str]:
    parsed = JustHTML(text, collect_errors=True, sanitize=False, scripting_enabled=False, fragment=fragment)
    for error in parsed.errors:
        yield f"line {error.line}: {error.message or error.code}"


def _known(tags: Tags) -> Iterator[str]:
    for tag in tags.root.inside():
        foreign = any(around.name in {"svg", "math"} for around in tag.around())
        if tag.name not in _ELEMENTS and not foreign and tag.name != "hx-partial":
            yield f"{tag} is no element of HTML"


def _nested(tags: Tags) -> Iterator[str]:
    for tag in tags.root.inside():
        parent = tag.parent.name if tag.parent else ""
        if tag.name not in _CHILDREN.get(parent, {tag.name}):
            yield f"{tag} cannot stand directly in <{parent}>"
        if parent and parent not in _PARENTS.get(tag.name, {parent}):
            yield f"{tag} stands in <{parent}>"
        if tag.name in _BLOCKS and parent in _PHRASES_ONLY:
            yield f"{tag} is a block within <{parent}>"
        if within := _NOT_WITHIN.get(tag.name, set()) & _names(tag):
            yield f"{tag} stands within <{min(within)}>"


def _names(tag: Tag) -> set[str]:
    return {around.name for around in tag.around()}


def _allowed_by_the_policy(tags: Tags) -> Iterator[str]:
    for tag in tags.root.inside():
        for name in tag.attributes:
            if name == "style" or name.startswith("on"):
                yield f"{tag} has {name}=, which the content security policy refuses"
            if name.startswith("hx-") and tag.name != "hx-partial":
                yield f"{tag} has {name}=, which is no attribute of HTML: write data-{name}="
            if name.startswith(("hx-on", "data-hx-on")) or tag.attributes[name].startswith("js:"):
                yield f"{tag} has a script in {name}=, which the content security policy refuses"
        inline = tag.name == "script" and "src" not in tag.attributes and "json" not in tag.attributes.get("type", "")
        if inline or (tag.name == "style" and "svg" not in _names(tag)):
            yield f"{tag} is inline, which the content security policy refuses"


def _ids(tags: Tags) -> Iterator[str]:
    counts = Counter(tag.attributes["id"] for tag in tags.root.inside() if "id" in tag.attributes)
    for name, count in counts.items():
        if count > 1 or not name or " " in name:
            yield f"the id {name!r} is given {count} times"


def _named(tags: Tags) -> Iterator[str]:
    labelled = {tag.attributes.get("for") for tag in tags.root.inside() if tag.name == "label" and tag.text()}
    for tag in tags.root.inside():
        by_attribute = tag.attributes.get("aria-label") or tag.attributes.get("aria-labelledby")
        if tag.name == "img" and "alt" not in tag.attributes:
            yield f"{tag} has no alt"
        if tag.name in {"a", "button"} and not (tag.text() or by_attribute or _titled(tag)):
            yield f"{tag} has no name"
        control = tag.name in {"input", "select", "textarea"} and tag.attributes.get("type") not in _UNLABELLED
        if control and not (by_attribute or "label" in _names(tag) or tag.attributes.get("id", "-") in labelled):
            yield f"{tag} (name {tag.attributes.get('name')!r}) has no label"


def _titled(tag: Tag) -> bool:
    return any(inner.name == "title" or inner.attributes.get("aria-label") for inner in tag.inside())


def _references(tags: Tags) -> Iterator[str]:
    ids = {tag.attributes.get("id") for tag in tags.root.inside()}
    for tag in tags.root.inside():
        for name in _REFERENCES:
            for wanted in tag.attributes.get(name, "").split():
                if wanted not in ids:
                    yield f"{tag} refers by {name}= to {wanted!r}, which is not there"
        target = tag.attributes.get("href", "")
        if tag.name == "a" and target.startswith("#") and target[1:] not in ids:
            yield f"{tag} leads to {target!r}, which is not there"


def _document(tags: Tags) -> Iterator[str]:
    counts = Counter(tag.name for tag in tags.root.inside() if "svg" not in _names(tag))
    metas = [tag.attributes for tag in tags.root.inside() if tag.name == "meta"]
    language = next((tag.attributes.get("lang", "") for tag in tags.root.children if tag.name == "html"), "")
    wanted = {
        "<!doctype html>": tags.doctype.lower() == "doctype html",
        "a language on <html>": bool(language),
        "one <title>": counts["title"] == 1 and all(tag.text() for tag in tags.root.inside() if tag.name == "title"),
        "<meta charset=utf-8>": any(meta.get("charset", "").lower() == "utf-8" for meta in metas),
        "<meta name=viewport>": any(meta.get("name") == "viewport" for meta in metas),
        "one <h1>": counts["h1"] == 1,
        "one <main>": counts["main"] == 1,
    }
    yield from (f"there must be {what}" for what, there in wanted.items() if not there)


def _headings(tags: Tags) -> Iterator[str]:
    previous = 0
    for tag in tags.root.inside():
        if tag.name in {"h1", "h2", "h3", "h4", "h5", "h6"}:
            level = int(tag.name[1])
            if level > previous + 1 and previous:
                yield f"{tag} comes after <h{previous}>"
            previous = level


def _skip_link(tags: Tags) -> Iterator[str]:
    body = next((tag for tag in tags.root.inside() if tag.name == "body"), tags.root)
    first = next((tag for tag in body.inside() if _focusable(tag)), None)
    if first and not first.attributes.get("href", "").startswith("#"):
        yield f"{first} comes first: there must be a skip link, to an id of the page"


def _focusable(tag: Tag) -> bool:
    link = tag.name == "a" and "href" in tag.attributes
    control = (
        tag.name in {"button", "input", "select", "textarea", "summary"} and tag.attributes.get("type") != "hidden"
    )
    return link or control


_Rule = Callable[[Tags], Iterator[str]]
_ANYWHERE: tuple[_Rule, ...] = (_known, _nested, _allowed_by_the_policy, _ids, _named)
_IN_A_DOCUMENT: tuple[_Rule, ...] = (_references, _document, _headings, _skip_link)
