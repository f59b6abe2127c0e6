"""Log lines without the tracking links that Django names when it does not find, allow or survive a page."""

import logging
import re

TOKEN = re.compile(r"(/sak/)[^/\s]+", re.IGNORECASE)


class WithoutTokens(logging.Formatter):
    """A formatter that leaves out what opens a case."""

    def format(self, record):
        return TOKEN.sub(r"\1…", super().format(record))
