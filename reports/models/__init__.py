"""The nouns: who owns what (theme, department), the report and its history, and what must leave the house."""

from reports.models.delivery import Delivery
from reports.models.draft import Draft
from reports.models.event import DeadlineChange, Handover, Message, Note, StatusChange, Survey
from reports.models.link_request import LinkRequest
from reports.models.notice_text import NoticeText
from reports.models.photo import Photo
from reports.models.report import Report
from reports.models.theme import Department, Season, Theme, ThemeGroup

__all__ = [
    "DeadlineChange",
    "Delivery",
    "Department",
    "Draft",
    "Handover",
    "LinkRequest",
    "Message",
    "Note",
    "NoticeText",
    "Photo",
    "Report",
    "Season",
    "StatusChange",
    "Survey",
    "Theme",
    "ThemeGroup",
]
