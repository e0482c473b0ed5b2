"""Disclosure 信息公开: notices, lists, figures, documents."""
