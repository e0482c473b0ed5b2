"""Figures beside their limits: ``make bench``."""
