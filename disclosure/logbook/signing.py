"""Signing the log 日志签名: what is committed is signed, kept as the high-water mark, then served.

The order is that of rules/transparency-log.md: (1) the change and its entries were committed; (2)
here, under the log's lock, the committed tree is signed; (3) the checkpoint is synced to the
high-water file; (4) it is put where it is served from. Wherever a process dies, the next one does
what is left, and signs the same bytes again, because Ed25519 signatures are always the same.
"""

import logging
from datetime import datetime

from disclosure.log.checkpoints import Checkpoint
from disclosure.log.notes import sign_note
from disclosure.log.tree import root_at
from disclosure.logbook.appending import SIGN, get_size, lock_log
from disclosure.logbook.guarding import check_mark, expected_key
from disclosure.logbook.keyfolder import LogFolder
from disclosure.logbook.models import LogCheckpoint
from disclosure.logbook.nodes import node_reader
from disclosure.logbook.reading import find_signed_tree
from portal.data.session import Sessions
from portal.kernel.clock import Clock
from portal.kernel.errors import DomainError
from portal.kernel.language import translate

log = logging.getLogger(__name__)


def begin_log(sessions: Sessions, folder: LogFolder, name: str, *, now: datetime) -> None:
    """Make the key of a log that was never signed, and sign what there is, be it nothing.

    A key that is there already, without its high-water file, makes no new log: raises Conflict.
    """
    mark = folder.read_mark()
    with sessions.reading() as session:
        never_signed = find_signed_tree(session) is None
    if never_signed and not folder.has_key() and (mark is None or mark[1].size == 0):
        folder.make_key(name)
    sign_log(sessions, folder, now=now)


def sign_log(sessions: Sessions, folder: LogFolder, *, now: datetime) -> Checkpoint:
    """Sign what is committed and not signed yet; returns the newest checkpoint.

    Raises Refused where the key is missing or another one, Conflict where the committed tree does
    not extend what was signed before.
    """
    with sessions.writing() as session:
        lock_log(session)
        check_mark(session, folder)
        signer = folder.signer(expected_key(session))
        size, signed = get_size(session), find_signed_tree(session)
        if signed is not None and signed.checkpoint.size == size:
            folder.promote(signer)
            return signed.checkpoint
        checkpoint = Checkpoint(signer.name, size, root_at(size, node_reader(session)))
        note = sign_note(checkpoint.text(), [signer])
        folder.raise_high_water(note)
        folder.promote(signer)
        key = str(signer.verifier_key)
        session.add(LogCheckpoint(size=size, note=note, key=key, signed_at=now))
    return checkpoint


def sign_after_commits(sessions: Sessions, folder: LogFolder, clock: Clock) -> None:
    """Let every transaction that appends to the log be followed by signing it.

    What cannot be signed now is signed by the sweep; what was committed stands either way, so
    nothing that goes wrong here may reach whoever has just published.
    """

    def sign() -> None:
        try:
            sign_log(sessions, folder, now=clock.now())
        except DomainError as refusal:
            log.warning("%s", translate("en", refusal.message, **refusal.params))
        except Exception as error:  # noqa: BLE001 - see above
            log.warning("the log could not be signed now: %s", type(error).__name__)

    sessions.afterwards[SIGN] = sign
