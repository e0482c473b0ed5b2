"""QR codes 二维码 as SVG: one path on white, no script, no style, no image library."""

from typing import Literal
from xml.sax.saxutils import escape

from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q
from qrcode.exceptions import DataOverflowError
from qrcode.main import QRCode

ErrorCorrection = Literal["L", "M", "Q", "H"]

# ISO/IEC 18004: four modules of white on every side, or readers lose the code in its surroundings.
QUIET_ZONE = 4

_LEVELS: dict[ErrorCorrection, int] = {
    "L": ERROR_CORRECT_L,
    "M": ERROR_CORRECT_M,
    "Q": ERROR_CORRECT_Q,
    "H": ERROR_CORRECT_H,
}


def qr_modules(url: str, *, error: ErrorCorrection = "Q") -> tuple[tuple[bool, ...], ...]:
    """Return the code of ``url`` as rows of modules, True where dark, without a quiet zone.

    Raises ValueError if ``url`` is empty or longer than a QR code can hold.
    """
    if not url:
        raise ValueError("a QR code needs an address to point at")
    code = QRCode(error_correction=_LEVELS[error], border=0)
    code.add_data(url)
    try:
        code.make(fit=True)
    except (DataOverflowError, ValueError) as overflow:
        raise ValueError(f"no QR code holds {len(url)} characters") from overflow
    return tuple(tuple(bool(module) for module in row) for row in code.modules)


def _runs(row: tuple[bool, ...]) -> list[tuple[int, int]]:
    """Return the dark stretches of ``row`` as (start, length)."""
    runs: list[tuple[int, int]] = []
    start: int | None = None
    for x, dark in enumerate((*row, False)):
        if dark and start is None:
            start = x
        elif not dark and start is not None:
            runs.append((start, x - start))
            start = None
    return runs


def qr_svg(url: str, *, error: ErrorCorrection = "Q", title: str = "二维码") -> bytes:
    """Return the QR code of ``url`` as a standalone SVG in UTF-8, black on white.

    It scales to the box it is put in, has a quiet zone of four modules, and carries ``title`` for
    those who cannot see it. There is no style attribute, so it may also stand inside a page whose
    policy forbids inline style. ``error`` is the correction level: Q survives a quarter of dirt.
    Raises ValueError if ``url`` is empty or longer than a QR code can hold.
    """
    modules = qr_modules(url, error=error)
    side = len(modules) + 2 * QUIET_ZONE
    dark = "".join(
        f"M{x + QUIET_ZONE} {y + QUIET_ZONE}h{length}v1h-{length}z"
        for y, row in enumerate(modules)
        for x, length in _runs(row)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" role="img"'
        f' shape-rendering="crispEdges"><title>{escape(title)}</title>'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#000" d="{dark}"/></svg>'
    ).encode()
