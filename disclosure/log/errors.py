"""What can be wrong with a log 日志错误: each says in one sentence what does not hold."""

from __future__ import annotations


class LogError(ValueError):
    """Something of a log is not as the log's rules say; the sentence can be shown to anybody."""
