"""A template as it was received -> a presentation that is safe to hand on: no macros, no entities, no links outside.

.potx, .pptm, .potm      become a .pptx: their type is changed, and what runs is left out
<!DOCTYPE …>             refused: no file of Office has one, and what it defines is lost when a part is written anew
links to the outside     taken out of masters, layouts and themes, so that no slide asks a server for anything
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile, ZipFile

from symbackprop.errors import SpecError

if TYPE_CHECKING:
    from pptx.presentation import Presentation

LARGEST, LARGEST_UNPACKED, MOST_PARTS = 50_000_000, 500_000_000, 10_000  # bytes, bytes, files: far beyond any design

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_TYPES = "[Content_Types].xml"
_PRESENTATION = b"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
_TEMPLATES = (
    b"application/vnd.openxmlformats-officedocument.presentationml.template.main+xml",
    b"application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml",
    b"application/vnd.ms-powerpoint.template.macroEnabled.main+xml",
)
_MACROS = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"


def opened(content: bytes, name: str) -> Presentation:
    """Return the presentation in a file; `name` names it in messages.

    Raises SpecError for what is no presentation, is too large, or has a document type in one of its parts."""
    from pptx import Presentation

    if len(content) > LARGEST:
        raise SpecError(f"{name}: {len(content) // 1_000_000} MB, at most {LARGEST // 1_000_000} MB; make it smaller")
    if content.startswith(_OLE):
        raise SpecError(f"{name} has a password or is an old .ppt; save it as .pptx without a password")
    if not content.startswith(_ZIP):
        raise SpecError(f"{name} is no .pptx file; save it from PowerPoint or LibreOffice as .pptx")
    presentation = Presentation(BytesIO(_as_presentation(content, name)))
    relations: Any = presentation.part.rels
    for key in [key for key, relation in relations.items() if relation.reltype == _MACROS]:
        relations.pop(key)
    for part in presentation.part.package.iter_parts():
        _cut_off(part)
    return presentation


def _as_presentation(content: bytes, name: str) -> bytes:
    """Return the file as a presentation, whichever kind of presentation or template it is by its content type."""
    with ZipFile(BytesIO(content)) as source:
        parts = source.infolist()
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
            raise SpecError(f"{name} unpacks to more than {LARGEST_UNPACKED // 1_000_000} MB; make it smaller")
        if _TYPES not in source.namelist():
            raise BadZipFile(f"no {_TYPES} in it")
        for part in parts:
            if part.filename.endswith((".xml", ".rels")) and _has_document_type(source.read(part)):
                shown = part.filename[:60]
                raise SpecError(
                    f"{name}: its part {shown!a} has a document type, as no .pptx has; open and save it again"
                )
        types = source.read(_TYPES)
        if not any(kind in types for kind in (_PRESENTATION, *_TEMPLATES)):
            raise SpecError(f"{name} is a file of Office, but no presentation; give a .pptx")
        if _PRESENTATION in types:
            return content
        for kind in _TEMPLATES:
            types = types.replace(kind, _PRESENTATION)
        written = BytesIO()
        with ZipFile(written, "w") as target:
            for part in parts:
                target.writestr(part, types if part.filename == _TYPES else source.read(part))
    return written.getvalue()


def _has_document_type(content: bytes) -> bool:
    """Tell whether a part has one, in UTF-8 or UTF-16, where every second byte of its letters is 0."""
    return b"<!DOCTYPE" in content.replace(b"\0", b"").upper()


def _cut_off(part: Any) -> None:
    """Take the links to the outside out of a part, with whatever names them."""
    from pptx.opc.oxml import serialize_part_xml
    from pptx.oxml import parse_xml

    outside = {key for key, relation in part.rels.items() if relation.is_external}
    if not outside:
        return
    root = part._element if hasattr(part, "_element") else parse_xml(part.blob)
    for element in [each for each in root.iter() if isinstance(each.tag, str)]:
        for attribute in [key for key, value in element.attrib.items() if value in outside]:
            if not attribute.startswith(_RELATION):
                continue
            if element.tag.endswith("}blip"):  # a picture that has its own copy, too
                del element.attrib[attribute]
            elif element.getparent() is not None:
                element.getparent().remove(element)
    for key in outside:
        part.rels.pop(key)
    if not hasattr(part, "_element"):
        part._blob = serialize_part_xml(root)
