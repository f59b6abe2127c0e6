"""The nouns: who owns what (theme, department), the report and its history, and what must leave the house."""

from reports.models.delivery import Delivery
from reports.models.draft import Draft
from reports.models.photo import Photo
from reports.models.report import Message, Note, Report, StatusChange
from reports.models.theme import Department, Season, Theme, ThemeGroup

__all__ = [
    "Delivery",
    "Department",
    "Draft",
    "Message",
    "Note",
    "Photo",
    "Report",
    "Season",
    "StatusChange",
    "Theme",
    "ThemeGroup",
]
