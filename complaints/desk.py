"""Complaints at the desk 投诉办理."""

from flask import Blueprint

blueprint = Blueprint("complaints_desk", __name__, url_prefix="/desk/complaints")
