"""The peer that pages are measured against: a Flask application with one empty view."""

from flask import Flask

app = Flask("empty")


@app.get("/")
def empty() -> str:
    """Answer with nothing."""
    return ""
