"""Complaints on the public pages 投诉举报（公开页面）."""

from flask import Blueprint

blueprint = Blueprint("complaints", __name__)
