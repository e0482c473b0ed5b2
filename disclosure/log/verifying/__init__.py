"""The stranger's verifier 独立核验: what checks a portal's log and pages from outside.

It uses the standard library and PyNaCl alone, so that ``single_file`` can join it, with the formats
that it shares with the portal, into one file that anybody can keep.
"""
