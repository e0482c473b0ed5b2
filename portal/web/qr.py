"""QR codes 二维码 inside a page: an inline SVG without script, style or image library."""

from markupsafe import Markup

from portal.kernel import qr


def qr_svg(url: str) -> Markup:
    """Return the QR code of ``url`` as SVG to stand inside a page, black on white.

    It fills the box that it is put in; the caller names it for those who cannot see it. Raises
    ValueError if ``url`` is empty or longer than a QR code can hold.
    """
    return Markup(qr.qr_svg(url).decode())  # noqa: S704 - made of numbers alone
