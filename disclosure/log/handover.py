"""Changing the log's key 换密钥: how a new key follows the old, so that strangers can follow.

The log's key signs checkpoints and nothing else. So the old key hands over by signing one more
checkpoint: that of the tree just before the statement which names the new key, with the new key in
a line of its own, ``new-key <verifier key>``. The statement carries this signed checkpoint.

Why so, and not by a signature over a text made for it, nor by two signatures below the next
checkpoint: what the old key signed is a true checkpoint, which harms nobody whoever replays it; it
is bound to this log and to this place in it, because index and root must be those of the tree that
the follower has rebuilt; and it stands inside the log. Whoever comes back after a year with an old
checkpoint and an old key finds in the entries everything that leads to the new one, however often
the key was changed meanwhile. Nothing has to be kept beside the log.

A key that was lost cannot sign. Then the statement has no checkpoint but a text that tells what
happened, and whoever follows the log refuses the new key until a person accepts it by name.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from disclosure.log.checkpoints import Checkpoint, parse_checkpoint
from disclosure.log.entries import KEY_STATEMENT, RESUME_STATEMENT, Statement
from disclosure.log.errors import LogError
from disclosure.log.notes import NoteSigner, VerifierKey, open_note, sign_note

_NEW_KEY_MARK = "new-key "


def hand_over(
    old: NoteSigner, new: VerifierKey, *, size: int, root: bytes, text: str = ""
) -> Statement:
    """Return the statement by which ``old`` hands the log to ``new``.

    ``size`` and ``root`` are those of the tree that ends just before the statement's entry.
    """
    _check_names(old.verifier_key, new)
    checkpoint = Checkpoint(old.name, size, root, (f"{_NEW_KEY_MARK}{new}",))
    note = sign_note(checkpoint.text(), [old]).decode()
    return Statement(KEY_STATEMENT, text, str(old.verifier_key), str(new), note)


def replace_lost(old: VerifierKey, new: VerifierKey, *, text: str) -> Statement:
    """Return the statement that ``new`` takes the place of ``old``, which was lost."""
    _check_names(old, new)
    if not text.strip():
        raise LogError("a statement that a key was lost must tell what happened")
    return Statement(KEY_STATEMENT, text, str(old), str(new))


def resume_after(text: str, *, high_water: bytes | None) -> Statement:
    """Return the statement that the log goes on from an older database.

    ``high_water`` is the newest checkpoint that is known, if any: it shows what may not hold now.
    """
    if not text.strip():
        raise LogError("a statement that the log goes on must tell what happened")
    note = None if high_water is None else high_water.decode()
    return Statement(RESUME_STATEMENT, text, checkpoint=note)


def _check_names(old: VerifierKey, new: VerifierKey) -> None:
    if old == new or old.name != new.name:
        raise LogError("a log's new key is another one under the log's own name")


@dataclass
class KeyChain:
    """The keys of a log, oldest first, as its entries name them; ``lost`` are unsigned changes."""

    keys: list[VerifierKey] = field(default_factory=list)
    lost: list[tuple[int, str, VerifierKey]] = field(default_factory=list)

    def follow(self, index: int, statement: Statement, root: bytes) -> None:
        """Take the step that the entry ``index`` states; ``root`` is that of the tree before it.

        Raises LogError where the old key did not hand over as it claims.
        """
        old, new = VerifierKey.parse(str(statement.old)), VerifierKey.parse(str(statement.key))
        if not self.keys:
            self.keys.append(old)
        if old != self.keys[-1]:
            raise LogError("it replaces a key that is not the log's")
        _check_names(old, new)
        if statement.checkpoint is None:
            self.lost.append((index, statement.text, new))
        else:
            signed = open_note(statement.checkpoint.encode(), [old]).text
            expected = Checkpoint(old.name, index, root, (f"{_NEW_KEY_MARK}{new}",))
            if parse_checkpoint(signed) != expected:
                raise LogError("what the old key signed is not for this place, or for another key")
        self.keys.append(new)
