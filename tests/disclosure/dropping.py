"""Dropping many files at once 批量上传, as a browser sends them, and the worker that reads them."""

from collections.abc import Sequence

from werkzeug.test import TestResponse

from disclosure.uploads.batches import READ_BATCH_JOB
from disclosure.uploads.batchreading import batch_reader
from portal.app import PortalApp
from portal.data.jobs import run_one
from portal.data.keyfiles import load_keys
from tests.fixtures.pages import PageClient

BATCHES = "/desk/lists/batches/"


def multipart(fields: dict[str, str], files: Sequence[tuple[str, bytes]]) -> bytes:
    """Return a form with files, put together here: Werkzeug's client needs temporary files."""
    body = b""
    for name, value in fields.items():
        head = f'--limit\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
        body += head.encode() + value.encode() + b"\r\n"
    for filename, data in files:
        head = f'--limit\r\nContent-Disposition: form-data; name="files"; filename="{filename}"\r\n'
        body += head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + data + b"\r\n"
    return body + b"--limit--\r\n"


def drop(client: PageClient, files: Sequence[tuple[str, bytes]], **fields: str) -> TestResponse:
    """Drop ``files`` on the desk's page; ``fields`` stand in for the page's own."""
    token = client.page(BATCHES).form().select_one("input[name=csrf_token]")
    assert token is not None
    body = multipart({"csrf_token": str(token["value"]), **fields}, files)
    return client.post(BATCHES, data=body, content_type="multipart/form-data; boundary=limit")


def read_batches(app: PortalApp) -> int:
    """Do what the worker does with waiting batches; return how many jobs there were."""
    keys = load_keys(app.settings.secrets_folder)
    handlers = {READ_BATCH_JOB: batch_reader(app.sessions, keys, app.clock)}
    count = 0
    while run_one(app.sessions, handlers, worker="test", now=app.clock.now):
        count += 1
    return count
