"""What is laid out when somebody gets there: links find it, and no outline is cut off."""

import sqlite3

import pytest

from tests.fixtures.browsers import PHONE, PageOpener
from tests.fixtures.servers import LiveServer

DESKTOP = {"width": 1280, "height": 900}
OUTLINE = 4
CUT_OFF = """async (outline) => {
  const frame = () => new Promise(requestAnimationFrame);
  const cut = [];
  for (const box of document.querySelectorAll(".later, .site-footer")) {
    // Only what somebody has come to has its own size.
    box.scrollIntoView();
    await frame();
    await frame();
    const edge = box.getBoundingClientRect();
    for (const one of box.querySelectorAll("a, button, summary, [tabindex]")) {
      for (const part of one.getClientRects()) {
        if (part.left - outline < edge.left || part.right + outline > edge.right
            || part.top - outline < edge.top || part.bottom + outline > edge.bottom) {
          cut.push(`${box.className}: ${one.textContent.trim()}`);
        }
      }
    }
  }
  return cut;
}"""


@pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_outline_of_the_focus_has_its_room(
    live_server: LiveServer, open_page: PageOpener, viewport: dict[str, int]
) -> None:
    connection = sqlite3.connect(live_server.data_folder / "portal.db")
    (notice,) = connection.execute(
        "SELECT id FROM notices WHERE kind = 'standing' AND published_at IS NOT NULL LIMIT 1"
    ).fetchone()
    connection.close()
    page = open_page(viewport=viewport)
    for path in ("/", "/r/640402100000", f"/n/{notice}"):
        page.goto(live_server.url + path)
        assert page.locator(".later a, .site-footer a").count() > 0, path
        assert page.evaluate(CUT_OFF, OUTLINE) == [], path


def test_a_link_leads_into_what_has_not_been_laid_out(
    live_server: LiveServer, open_page: PageOpener
) -> None:
    page = open_page(viewport=PHONE)
    page.goto(live_server.url + "/")
    page.locator('.door a[href="#whom-to-call"]').click()
    heading = page.locator("#whom-to-call")
    heading.wait_for()
    page.wait_for_function(
        "(edge) => { const top = document.querySelector('#whom-to-call')"
        ".getBoundingClientRect().top; return top >= 0 && top < edge; }",
        arg=PHONE["height"],
    )
