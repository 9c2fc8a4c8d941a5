"""The words of a notice, in the person's language: a number and a link, and a sentence that is the same for everybody."""

import re
import tomllib
from pathlib import Path
from typing import Any, get_args

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from services.notifications.channels.port import Parcel
from services.notifications.commands import Language, Words
from services.notifications.domain.catalogue import MAILING, OPTIONAL
from services.notifications.domain.notices import Notice

TEMPLATES = Path(__file__).parent / "templates"


class Writer:
    """Writes notices whose links begin with ``public_url``."""

    def __init__(self, public_url: str) -> None:
        self._url = public_url.rstrip("/")
        self._words = {language: _words(language) for language in get_args(Language)}
        environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=select_autoescape(enabled_extensions=("html.j2",), default_for_string=True),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._free = {form: environment.get_template(f"mailing.{form}.j2") for form in ("txt", "html")}
        self._text, self._html = environment.get_template("mail.txt.j2"), environment.get_template("mail.html.j2")

    def write(
        self, notice: Notice, number: str | None, language: Language, address: str, token: str | None = None
    ) -> Parcel:
        """The parcel for ``address``; without a number where none is known. ``token``: that of a link for this person alone."""
        words = self._words[language]
        title, sentence = words["reasons"][notice.reason]
        place = f"joining/{token}" if token else f"go/{notice.page}/{notice.about}"
        link = f"{self._url}/{language}/{place}"
        known = {
            "language": language,
            "frame": words["frame"],
            "title": title,
            "sentence": sentence,
            "number": number,
            "link": link,
            "mandatory": notice.reason not in OPTIONAL,
            "preferences": f"{self._url}/{language}/account/preferences",
        }
        suffix = f" – {number}" if number else ""
        return Parcel(
            identity=notice.id,
            reason=notice.reason,
            address=address,
            language=language,
            subject=f"{title}{suffix}",
            text=self._text.render(known),
            html=self._html.render(known),
            short=f"Tremplin : {title}{suffix} {link}",
        )

    def mailing(self, identity: str, words: Words, language: Language, address: str) -> Parcel:
        """What an officer wrote, as it is written: no markup of theirs is one in the mail."""
        frame = self._words[language]["frame"]
        paragraphs = [each.strip() for each in re.split(r"\n\s*\n", words.text.replace("\r\n", "\n")) if each.strip()]
        known = {
            "language": language,
            "frame": frame,
            "title": words.subject,
            "paragraphs": paragraphs,
            "preferences": f"{self._url}/{language}/account/preferences",
        }
        return Parcel(
            identity=identity,
            reason=MAILING,
            address=address,
            language=language,
            subject=words.subject,
            text=self._free["txt"].render(known),
            html=self._free["html"].render(known),
            short=f"Tremplin : {words.subject}",
        )


def _words(language: str) -> dict[str, Any]:
    return tomllib.loads((TEMPLATES / f"{language}.toml").read_text(encoding="utf-8"))
