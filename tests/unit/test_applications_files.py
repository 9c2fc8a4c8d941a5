"""What a file is, by its content and whatever it says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.applications.domain import file_types, refusals
from services.applications.domain.attachments import type_of
from tests import files

TAKEN = [
    (files.PDF, "a.pdf", file_types.PDF),
    (files.PNG, "a.PNG", file_types.PNG),
    (files.JPEG, "a.jpg", file_types.JPEG),
    (files.JPEG, "a.jpeg", file_types.JPEG),
    (files.ODT, "a.odt", file_types.ODT),
    (files.DOCX, "a.docx", file_types.DOCX),
    (files.XLSX, "a.b.xlsx", file_types.XLSX),
]


@pytest.mark.parametrize(("content", "name", "expected"), TAKEN)
def test_the_kinds_that_are_taken(content: bytes, name: str, expected: str) -> None:
    assert type_of(content, name, expected) == expected
    assert type_of(content, name, "application/octet-stream") == expected
    assert type_of(content, "no extension", "") == expected


@pytest.mark.parametrize(
    ("content", "name", "declared"),
    [
        (files.SCRIPT, "a.pdf", "application/pdf"),
        (files.PDF, "a.png", "image/png"),
        (files.PDF, "a.exe", "application/pdf"),
        (files.DOCX, "a.xlsx", ""),
        (files.DOCM, "a.docx", ""),
        (files.ODS, "a.odt", ""),
        (files.ZIP, "a.docx", ""),
        (files.DOCX[:60], "a.docx", ""),
        (files.PDF[:20], "a.pdf", ""),
        (b"\x89PNG", "a.png", ""),
    ],
)
def test_a_file_that_lies_is_refused(content: bytes, name: str, declared: str) -> None:
    with pytest.raises(refusals.AttachmentTypeMismatch):
        type_of(content, name, declared)


@pytest.mark.parametrize(("content", "name"), [(files.ZIP, "a.zip"), (files.SCRIPT, "a.sh"), (files.ODS, "a.ods")])
def test_other_kinds_are_not_taken(content: bytes, name: str) -> None:
    with pytest.raises(refusals.AttachmentTypeNotAllowed):
        type_of(content, name, "")


@given(st.sampled_from([item[0] for item in TAKEN]), st.data())
def test_damaged_files_are_no_failure(content: bytes, data: st.DataObject) -> None:
    damaged = bytearray(content)
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    cut = damaged[: data.draw(st.integers(0, len(damaged)))]
    assert file_types.type_of(bytes(cut)) in (None, *file_types.ALLOWED)
