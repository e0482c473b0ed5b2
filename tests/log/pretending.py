"""A pretended portal in memory: its log, its lists and the files that it would publish.

It is made from the formats alone, so that the verifier meets a site that no code of the portal
wrote, and every byte of it can be changed.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any

from disclosure.log.canonical import canonical_row, plain_canonical
from disclosure.log.checkpoints import Checkpoint
from disclosure.log.entries import Statement, statement_members
from disclosure.log.handover import hand_over, replace_lost
from disclosure.log.notes import NoteSigner, sign_note
from disclosure.log.proofs import LogProof, write_proof
from disclosure.log.rows import rows_root, totals_commitment
from disclosure.log.tiles import ENTRIES, Tile, entries_bundle, tiles_between
from disclosure.log.tree import inclusion_proof, leaf_hash, nodes_to_store, tree_root
from disclosure.log.verifying.sources import SourceError

ORIGIN = "portal.example/log"
NOTHING = rows_root(())
PLACE = "640499001001"
AT = "2026-10-08T02:00:00Z"
# Programs write JSON without spaces here, so that each byte means something.
CLOSE = {"ensure_ascii": False, "separators": (",", ":")}


def signer(number: int) -> NoteSigner:
    """Return one of the log's keys."""
    return NoteSigner.from_seed(ORIGIN, hashlib.sha256(b"key %d" % number).digest())


@dataclass
class MemorySource:
    """Files in memory, and how often each was asked for."""

    files: dict[str, bytes]
    asked: list[str] = field(default_factory=list)

    def get(self, path: str) -> bytes:
        """Return a file; raises SourceError."""
        self.asked.append(path)
        if path not in self.files:
            raise SourceError(f"/{path} answers 404", missing=True)
        return self.files[path]


class StoredNodes(dict[tuple[int, int], bytes]):
    """The stored nodes of a tree, as a table would keep them."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def __call__(self, nodes: Any) -> list[bytes]:
        """Read nodes: a HashReader."""
        self.calls += 1
        return [self[node] for node in nodes]

    def add(self, size: int, leaves: list[bytes]) -> None:
        """Append leaves to the tree of ``size``."""
        self.update({(at, n): found for at, n, found in nodes_to_store(size, leaves, self)})


@dataclass
class Notice:
    """A list with what its JSON shows."""

    members: dict[str, Any]
    index: int = 0


class Portal:
    """A pretended portal that publishes, corrects, withdraws, and changes its key."""

    def __init__(self) -> None:
        self.signer = signer(0)
        self.keys = [str(self.signer.verifier_key)]
        self.entries: list[bytes] = []
        self.nodes = StoredNodes()
        self.notices: dict[str, Notice] = {}
        self.documents: dict[str, Notice] = {}
        self.sets: dict[str, Notice] = {}

    # -- the log

    def log(self, members: Mapping[str, Any]) -> int:
        """Append an entry and return its index."""
        entry = plain_canonical({"v": 1, **members, "at": AT})
        self.nodes.add(len(self.entries), [leaf_hash(entry)])
        self.entries.append(entry)
        return len(self.entries) - 1

    def root(self) -> bytes:
        """Return the root of the tree as it is now."""
        return tree_root([leaf_hash(entry) for entry in self.entries])

    def say(self, count: int) -> None:
        """Append so many announcements, to make the log longer."""
        for number in range(count):
            self.log(statement_members(Statement("announce", f"number {number}")))

    def change_key(self, number: int) -> None:
        """Hand the log over to another key."""
        new = signer(number)
        statement = hand_over(
            self.signer, new.verifier_key, size=len(self.entries), root=self.root()
        )
        self._take(statement, new)

    def lose_key(self, number: int, text: str = "The safe burnt.") -> None:
        """Go on with another key, because nobody has the old one."""
        new = signer(number)
        self._take(replace_lost(self.signer.verifier_key, new.verifier_key, text=text), new)

    def _take(self, statement: Statement, new: NoteSigner) -> None:
        self.log(statement_members(statement))
        self.signer = new
        self.keys.insert(0, str(new.verifier_key))

    # -- what is published

    def publish(
        self,
        notice: str,
        households: int = 4,
        *,
        region: str = PLACE,
        posted_to: str | None = None,
        **other: Any,
    ) -> Notice:
        """Publish a list of so many households, or its next version."""
        rows = [_row(n) for n in range(1, households + 1)]
        text, totals = _text(notice, region), _totals(rows)
        before = self.notices.get(notice)
        entry = {
            **_entry(notice, rows, text),
            "region": region,
            "posted_to": posted_to,
            "event": "correct" if before else "publish",
            "version": before.members["version"] + 1 if before else 1,
            "prev": before.index if before else None,
            **other,
        }
        if households < 3:
            salt = hashlib.sha256(notice.encode()).digest()[:16]
            digest = totals_commitment(plain_canonical(totals), salt)
            entry["totals"], totals["salt"] = {"commitment": digest}, salt.hex()
        shown = ("version", "kind", "region", "period", "posted_from", "posted_to", "content")
        members = {
            "id": notice,
            "state": "posted",
            **{name: entry[name] for name in shown},
            **{name: text[name] for name in ("programme", "title")},
            "text": text,
            "totals": totals,
            "rows": [{**row, "salt": _salt(row["n"]).hex()} for row in rows],
        }
        return self._post(notice, members, entry)

    def _post(self, notice: str, members: dict[str, Any], entry: dict[str, Any]) -> Notice:
        index = self.log(entry)
        members["log"] = {"index": index, "entry": self.entries[index].decode()}
        self.notices[notice] = Notice(members, index)
        return self.notices[notice]

    def end(self, notice: str, event: str) -> None:
        """Withdraw a list, or let it expire."""
        found = self.notices[notice]
        entry = json.loads(self.entries[found.index])
        del entry["v"], entry["at"]
        index = self.log({**entry, "event": event, "prev": found.index})
        state = "withdrawn" if event == "withdraw" else "ended"
        found.members |= {"state": state, "rows": None, "totals": None}
        found.members["log"] = {"index": index, "entry": self.entries[index].decode()}
        found.index = index

    def write_document(self, document: str) -> None:
        """Publish a guide."""
        text = {"title": "办事指南", "body": "一、条件\n- 户籍在本县", "rows": [], "files": []}
        self.documents[document] = self._plain_matter(document, "document", text)

    def add_figures(self, name: str, value: str) -> None:
        """Publish a set of figures."""
        figure = {"source": "s1", "region_code": PLACE, "period": "2026", "value": value}
        figure |= {"programme": "低保", "measure": "金额"}
        self.sets[name] = self._plain_matter(name, "figures", {"figures": [figure]})

    def _plain_matter(self, name: str, kind: str, text: dict[str, Any]) -> Notice:
        digest = hashlib.sha256(plain_canonical(text)).hexdigest()
        entry = {"event": "publish", "notice": name, "version": 1, "kind": kind}
        entry |= {"region": PLACE, "period": None, "posted_from": "2026-10-08", "posted_to": None}
        entry |= {"totals": None, "content": digest, "rows": NOTHING, "prev": None}
        index = self.log(entry)
        members = {"id": name, "version": 1, "state": "published", "content": digest, "text": text}
        members |= {"rows": [], "log": {"index": index, "entry": self.entries[index].decode()}}
        return Notice(members, index)

    # -- as files

    def checkpoint(self) -> bytes:
        """Return the newest signed checkpoint."""
        checkpoint = Checkpoint(ORIGIN, len(self.entries), self.root())
        return sign_note(checkpoint.text(), [self.signer])

    def log_files(self) -> dict[str, bytes]:
        """Return the log's own files."""
        size = len(self.entries)
        files = {
            "log/checkpoint": self.checkpoint(),
            "log/key": "".join(f"{key}\n" for key in self.keys).encode(),
        }
        for tile in tiles_between(0, size):
            files[f"log/{tile.path}"] = self._tile(tile)
        return files

    def _tile(self, tile: Tile) -> bytes:
        first = tile.number * 256
        if tile.level == ENTRIES:
            return entries_bundle(self.entries[first : first + tile.width])
        return b"".join(self.nodes[tile.level * 8, at] for at in range(first, first + tile.width))

    def proof(self, index: int) -> bytes:
        """Return an entry's receipt."""
        size = len(self.entries)
        hashes = inclusion_proof(index, size, self.nodes)
        return write_proof(LogProof(index, tuple(hashes), self.checkpoint()))

    def files(self) -> dict[str, bytes]:
        """Return everything that a verifier asks for."""
        files = self.log_files()
        hanging = [one for one in self.notices.values() if one.members["rows"] is not None]
        places = {one.members["region"] for one in self.notices.values()} | {PLACE}
        map_lines = [f"<loc>https://portal.example/zw/r/{place}</loc>" for place in places]
        files["sitemap.xml"] = "".join(sorted(map_lines)).encode()
        files["policies"] = _links("policies", self.documents)
        files[""] = _links("n", [])
        for place in places:
            here = [one.members["id"] for one in hanging if one.members["region"] == place]
            files[f"r/{place}"] = _links("n", here)
        for name, notice in self.notices.items():
            files[f"n/{name}.json"] = _json(notice.members)
            files[f"n/{name}"] = _notice_page(notice.members)
            files[f"n/{name}.tlog-proof"] = self.proof(notice.index)
        for name, document in self.documents.items():
            files[f"policies/{name}.json"] = _json(document.members)
            files[f"policies/{name}"] = "<h1>办事指南</h1><h2>一、条件</h2><li>户籍在本县".encode()
        newest: list[Any] = []
        for name, one in self.sets.items():
            files[f"figures/{name}.json"] = _json(one.members)
            newest = one.members["text"]["figures"]
        files["figures.json"] = _json({"figures": newest, "sources": []})
        return files

    def source(self, **changed: bytes) -> MemorySource:
        """Return the portal as a verifier meets it."""
        return MemorySource({**self.files(), **changed})


def _row(n: int) -> dict[str, Any]:
    return {
        "n": n,
        "village": "王民村",
        "group": f"{n}组",
        "name": "马**",
        "persons": 2,
        "class": "A类",
        "amount": f"{1000 + n}.00",
    }


def _totals(rows: list[dict[str, Any]]) -> dict[str, Any]:
    amount = sum(1000 + row["n"] for row in rows)
    return {"households": len(rows), "persons": 2 * len(rows), "amount": f"{amount}.00"}


def _salt(n: int) -> bytes:
    return hashlib.sha256(b"salt %d" % n).digest()[:16]


def _text(notice: str, region: str) -> dict[str, Any]:
    return {
        "title": f"低保名单 {notice}",
        "kind": "standing",
        "programme": "最低生活保障",
        "region": region,
        "period": "2026-10",
        "issuer": {"name": "王民乡人民政府", "phone": "0954-1000000", "address": "街道"},
        "supervisor": {"name": "县民政局", "phone": "0954-2000000", "address": "县城"},
    }


def _entry(notice: str, rows: list[dict[str, Any]], text: dict[str, Any]) -> dict[str, Any]:
    return {
        "notice": notice,
        "kind": "standing",
        "period": "2026-10",
        "posted_from": "2026-10-08",
        "totals": _totals(rows),
        "content": hashlib.sha256(plain_canonical(text)).hexdigest(),
        "rows": rows_root([(canonical_row(row), _salt(row["n"])) for row in rows]),
    }


def _json(members: Any) -> bytes:
    return json.dumps(members, **CLOSE).encode()  # type: ignore[arg-type]


def _links(folder: str, ids: Any) -> bytes:
    links = "".join(f'<a href="/zw/{folder}/{one}">{one}</a>' for one in ids)
    return f"<!doctype html><head><title>x</title></head><h1>x</h1>{links}".encode()


def _notice_page(members: dict[str, Any]) -> bytes:
    text = members["text"]
    title = escape(members["title"])
    head = f"<!doctype html><head><title>{title}</title></head><h1>{title}</h1>"
    if members["rows"] is None:
        return f"{head}<p>over</p>".encode()
    lines = [
        f'<tr id="row-{row["n"]}"><td>{row["n"]}</td><th>{row["name"]}</th><td>{row["group"]}</td>'
        f"<td>{row['persons']}</td><td>{row['class']}</td><td>{_yuan(row['amount'])}</td>"
        f'<td><a href="/zw/complain?row={row["n"]}">有异议</a></td></tr>'
        for row in members["rows"]
    ]
    totals = members["totals"]
    facts = f"<p>{totals['households']} {totals['persons']} {_yuan(totals['amount'])}</p>"
    contacts = "".join(
        f"<p>{text[who]['name']} {text[who]['phone']}</p>" for who in ("issuer", "supervisor")
    )
    return f"{head}{facts}<table>{''.join(lines)}</table>{contacts}".encode()


def _yuan(amount: str) -> str:
    whole, fen = amount.split(".")
    return f"{int(whole):,}.{fen}"
