"""Objections to rows 异议核查: an objection holds back its row, and no other."""
