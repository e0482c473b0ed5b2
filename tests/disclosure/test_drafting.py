"""Drafting 拟稿: what the log commits to is what ``/n/<id>.json`` says."""

from hypothesis import given
from hypothesis import strategies as st

from disclosure.log.canonical import canonical_row
from disclosure.publicrow import PublicRow

# Surrogates are no text that a database or JSON takes.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
rows = st.builds(
    PublicRow,
    st.integers(1, 10**6),
    *(texts, texts, texts),
    st.none() | st.integers(0, 100),
    texts,
    st.integers(-(10**12), 10**12),
    texts,
    *(st.none() | texts, st.none() | texts),
)


@given(rows)
def test_a_row_is_committed_to_as_it_is_published(row: PublicRow) -> None:
    assert row.jcs() == canonical_row(row.members())
