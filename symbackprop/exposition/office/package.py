"""The same bytes for the same deck or article: nothing in the file depends on when or where it was written."""

from __future__ import annotations

import re
from datetime import datetime
from io import BytesIO
from typing import Protocol
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from symbackprop.exposition.document import Document

EPOCH = datetime(2000, 1, 1)  # the date of a file whose document has none; any fixed one would do
_FIRST = (1980, 1, 1, 0, 0, 0)  # the first date that a zip archive knows
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")


class Properties(Protocol):
    """The core properties of an Office file, as python-pptx and python-docx both have them."""

    title: str
    author: str
    language: str
    last_modified_by: str
    revision: int
    created: datetime
    modified: datetime
    comments: str


def describe(properties: Properties, document: Document) -> None:
    """Say in a file what it is about; its dates are the document's, where that is a date."""
    when = EPOCH
    if document.date and _ISO.fullmatch(document.date):
        try:
            when = datetime.fromisoformat(document.date)
        except ValueError:  # 2026-02-30 is literal text like any other
            when = EPOCH
    properties.title, properties.author = document.title[:255], (document.author or "")[:255]
    properties.language, properties.last_modified_by, properties.revision = document.language, "symbackprop", 1
    properties.created = properties.modified = when
    if properties.comments.startswith("generated "):  # by the library; a template's own words stay
        properties.comments = ""


def frozen(content: bytes) -> bytes:
    """Return a zip archive with the same members in the same order, all of one fixed date."""
    written = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(written, "w", ZIP_DEFLATED) as target:
        for name in source.namelist():
            info = ZipInfo(name, _FIRST)
            info.compress_type = ZIP_DEFLATED
            info.create_system, info.external_attr = 0, 0  # whatever the system on which it is written
            target.writestr(info, source.read(name))
    return written.getvalue()
