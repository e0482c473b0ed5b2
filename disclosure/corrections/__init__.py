"""Corrections 更正 of notices on display: a further version, its approval, its history."""
