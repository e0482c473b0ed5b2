"""The public log 公开日志: Merkle trees, commitments, entries."""
