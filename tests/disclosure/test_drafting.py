"""Drafting 拟稿: what the log commits to is what ``/n/<id>.json`` says."""

from hypothesis import given
from hypothesis import strategies as st

from disclosure.drafting import public_row, row_jcs
from disclosure.log.canonical import canonical_row

# Surrogates are no text that a database or JSON takes.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@given(
    n=st.integers(1, 10**6),
    village=texts,
    group=texts,
    name=texts,
    persons=st.none() | st.integers(0, 100),
    class_=texts,
    amount_fen=st.integers(-(10**12), 10**12),
    reason=texts,
)
def test_a_row_is_committed_to_as_it_is_published(
    n: int,
    village: str,
    group: str,
    name: str,
    persons: int | None,
    class_: str,
    amount_fen: int,
    reason: str,
) -> None:
    members = public_row(
        n=n,
        village=village,
        group=group,
        name=name,
        persons=persons,
        class_=class_,
        amount_fen=amount_fen,
        reason=reason,
    )
    written = row_jcs(n, village, group, name, persons, class_, amount_fen, reason)
    assert written == canonical_row(members)
