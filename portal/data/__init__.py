"""SQLAlchemy, no Flask: base and types, sessions, places, accounts, audit, published pages."""
