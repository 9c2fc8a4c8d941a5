"""A page's tags as they were written, in a tree, with what is wrong in the writing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.entities import html5
from html.parser import HTMLParser

_VOID = "area base br col embed hr img input link meta source track wbr"
VOID = frozenset(_VOID.split())


@dataclass(eq=False)
class Tag:
    """An element: its name and attributes in small letters, and the line that it starts on."""

    name: str
    attributes: dict[str, str]
    line: int
    parent: Tag | None = None
    children: list[Tag] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def inside(self) -> Iterator[Tag]:
        """Its descendants, in the order of the page."""
        for child in self.children:
            yield child
            yield from child.inside()

    def around(self) -> Iterator[Tag]:
        """Its ancestors, nearest first."""
        if self.parent:
            yield self.parent
            yield from self.parent.around()

    def text(self) -> str:
        """Its words and those of its descendants; images stand for their ``alt``."""
        inner = [child.attributes.get("alt", "") if child.name == "img" else child.text() for child in self.children]
        return " ".join(filter(None, (part.strip() for part in (*self.words, *inner))))

    def __str__(self) -> str:
        return f"line {self.line}: <{self.name}>"


class Tags(HTMLParser):
    """Reads a page. Stricter than HTML: every element that has an end tag is closed by it, in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=False)
        self.root = Tag("", {}, 0)
        self.faults: list[str] = []
        self.doctype = ""
        self._open = self.root
        self.feed(text)
        self.close()
        for tag in (self._open, *self._open.around()):
            if tag is not self.root:
                self.faults.append(f"{tag} is never closed")

    def handle_decl(self, declaration: str) -> None:
        self.doctype = declaration

    def handle_starttag(self, name: str, pairs: list[tuple[str, str | None]]) -> None:
        tag = Tag(name, {key: value or "" for key, value in pairs}, self.getpos()[0], self._open)
        self._open.children.append(tag)
        if len(tag.attributes) < len(pairs):
            self.faults.append(f"{tag} has an attribute twice")
        if name not in VOID:
            self._open = tag

    def handle_startendtag(self, name: str, pairs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(name, pairs)
        if name in VOID:
            return
        if name != "svg" and all(tag.name != "svg" for tag in self._open.around()):
            self.faults.append(f"{self._open} cannot close itself with '/>'")
        self._open = self._open.parent or self.root

    def handle_endtag(self, name: str) -> None:
        if self._open.name == name and self._open.parent:
            self._open = self._open.parent
        elif name in {tag.name for tag in self._open.around()}:
            self.faults.append(f"{self._open} is not closed before </{name}> on line {self.getpos()[0]}")
            while self._open.parent and self._open.name != name:
                self._open = self._open.parent
            self._open = self._open.parent or self.root
        else:
            self.faults.append(f"line {self.getpos()[0]}: </{name}> closes nothing")

    def handle_data(self, data: str) -> None:
        self._open.words.append(data)
        if "<" in data and self._open.name not in {"script", "style"}:
            self.faults.append(f"line {self.getpos()[0]}: '<' is not escaped")

    def handle_entityref(self, name: str) -> None:
        self._open.words.append("&")
        if f"{name};" not in html5:
            self.faults.append(f"line {self.getpos()[0]}: &{name}; is no character")

    def handle_charref(self, name: str) -> None:
        self._open.words.append("#")
