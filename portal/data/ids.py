"""Keys 主键: made by the application, so that bulk inserts never wait for the database's answer."""

import secrets


def new_id() -> str:
    """Return a random 128-bit key, 32 hex digits."""
    return secrets.token_hex(16)
