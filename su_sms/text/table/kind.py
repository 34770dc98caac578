"""Tell what an uploaded file is by what is in it; its name proves nothing."""

import codecs
import io
import re
import zipfile
from typing import Literal

from .error import Reason, TableError

Kind = Literal["csv", "xlsx"]


def kind(content: bytes) -> Kind:
    """Tell CSV (any text) from XLSX.

    :raise TableError: for anything else, naming it
    """
    if not content.strip(b"\0\t\r\n \xef\xbb\xbf\xff\xfe"):
        raise TableError("empty")
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _of_archive(content)
    if content.startswith(_COMPOUND):
        encrypted = "EncryptedPackage".encode("utf-16-le") in content
        raise TableError("encrypted" if encrypted else "old_excel")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "csv"
    for reason, signature in _SIGNATURES:
        if signature.match(content):
            raise TableError(reason)
    if len(_BINARY.findall(content[:_SAMPLE])) > len(content[:_SAMPLE]) * _TOLERATED:
        raise TableError("binary")
    return "csv"


def _of_archive(content: bytes) -> Kind:
    # Before each of them becomes an object.
    if content.count(_ENTRY) > _ENTRIES:
        raise TableError("unsafe")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            if "mimetype" in names and _is_small(archive.getinfo("mimetype")):
                reason = _MIME.get(archive.read("mimetype"), "archive")
                raise TableError(reason)
    except TableError:
        raise
    except Exception:  # whatever zipfile makes of bytes by somebody else
        raise TableError("broken") from None
    if "xl/workbook.bin" in names:
        raise TableError("binary_excel")
    if any(name.startswith("xl/") for name in names):
        return "xlsx"
    documents = any(name.startswith(("word/", "ppt/")) for name in names)
    raise TableError("document" if documents else "archive")


def _is_small(info: zipfile.ZipInfo) -> bool:
    """Tell whether a member is short and takes no more memory than its length."""
    return info.file_size < 200 and info.compress_type in PLAIN_METHODS


#: of ECMA-376 part 2 and of OpenDocument; LZMA takes as much memory as it likes
PLAIN_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENTRY = b"PK\x01\x02"  # of a member, in the archive's list
_ENTRIES = 10_000
_SAMPLE = 65_536  # bytes
_TOLERATED = 0.05
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # OLE2: XLS, and XLSX with a password
# Control characters that no text has. NUL is left to UTF-16, which is full of it.
_BINARY = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]")
_MIME: dict[bytes, Reason] = {
    b"application/vnd.oasis.opendocument.spreadsheet": "open_document",
    b"application/vnd.oasis.opendocument.text": "document",
    b"application/vnd.oasis.opendocument.presentation": "document",
}
_SIGNATURES: list[tuple[Reason, re.Pattern[bytes]]] = [
    ("old_excel", re.compile(rb"\x09[\x00\x02\x04\x08][\x04\x06\x08\x10]\x00")),
    ("pdf", re.compile(rb"\s{0,99}%PDF-")),
    (
        "image",
        re.compile(
            rb"\x89PNG|\xff\xd8\xff|GIF8[79]a|RIFF.{4}WEBP|BM.{4}\0\0\0\0|II\*\0|MM\0\*"
            rb"|.{4}ftyp(?:heic|heix|mif1|avif)",
            re.DOTALL,
        ),
    ),
    ("archive", re.compile(rb"\x1f\x8b|BZh|7z\xbc\xaf|Rar!|\xfd7zXZ|\x28\xb5\x2f\xfd")),
    ("document", re.compile(rb"\{\\rtf")),
    (
        "contacts",
        re.compile(rb"(?:\xef\xbb\xbf)?\s{0,99}BEGIN:VCARD\b", re.IGNORECASE),
    ),
    (
        "web_page",
        re.compile(
            rb"(?:\xef\xbb\xbf)?\s{0,99}<(?:!doctype html|html|head|meta|table|\?xml)",
            re.IGNORECASE,
        ),
    ),
    ("binary", re.compile(rb"\x7fELF|MZ.\0|SQLite format 3|\0{4}", re.DOTALL)),
]
