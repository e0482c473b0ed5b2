"""QR codes 二维码 for pages: an inline SVG without script, style or image library."""

from markupsafe import Markup
from qrcode.constants import ERROR_CORRECT_Q
from qrcode.main import QRCode

# ISO/IEC 18004: four modules of white on every side.
QUIET_ZONE = 4


def qr_svg(url: str) -> Markup:
    """Return the QR code of ``url`` as SVG to stand inside a page, black on white.

    It fills the box that it is put in; the caller names it for those who cannot see it. Raises
    ValueError if ``url`` is empty.
    """
    if not url:
        raise ValueError("a QR code needs an address to point at")
    code = QRCode(error_correction=ERROR_CORRECT_Q, border=0)
    code.add_data(url)
    code.make(fit=True)
    side = len(code.modules) + 2 * QUIET_ZONE
    dark = "".join(
        f"M{x + QUIET_ZONE} {y + QUIET_ZONE}h1v1h-1z"
        for y, row in enumerate(code.modules)
        for x, module in enumerate(row)
        if module
    )
    return Markup(  # noqa: S704 - made of numbers alone
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" aria-hidden="true"'
        ' focusable="false" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#000" d="{dark}"/></svg>'
    )
