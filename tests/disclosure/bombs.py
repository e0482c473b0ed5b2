"""Files that are small until they are unpacked 压缩炸弹, made in a moment, in little memory."""

import io
import zipfile
import zlib
from functools import cache

PIECE = 64 * 1024 * 1024
SHEET = "xl/worksheets/sheet1.xml"
AROUND = {
    "[Content_Types].xml": (
        '<?xml version="1.0"?><Types '
        'xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    ),
    "xl/workbook.xml": (
        '<?xml version="1.0"?><workbook '
        'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<sheets><sheet name="1" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        '<?xml version="1.0"?><Relationships '
        'xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}


@cache
def _deflated_zeros(pieces: int) -> bytes:
    """Return so many pieces of zeros as a deflate stream; one is packed, the others repeat it."""
    engine = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    piece = engine.compress(bytes(PIECE)) + engine.flush(zlib.Z_FULL_FLUSH)
    return piece * pieces + engine.flush(zlib.Z_FINISH)


def zeros_in_a_workbook(size: int, *, lying: bool) -> bytes:
    """Return a workbook whose sheet unpacks to ``size`` zeros; ``lying``: its headers say 1,000."""
    packed = _deflated_zeros(size // PIECE)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in AROUND.items():
            archive.writestr(name, text)
        # Stored as it is, then called deflated: so no one has to pack two gigabytes.
        info = zipfile.ZipInfo(SHEET)
        archive.writestr(info, packed, zipfile.ZIP_STORED)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.file_size = 1000 if lying else size
    made = bytearray(target.getvalue())
    local = info.header_offset
    made[local + 8 : local + 10] = zipfile.ZIP_DEFLATED.to_bytes(2, "little")
    made[local + 22 : local + 26] = info.file_size.to_bytes(4, "little")
    return bytes(made)
