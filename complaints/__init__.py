"""Complaints 投诉举报: sealed, timed, answered."""
