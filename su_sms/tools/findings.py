"""What is found out about something that runs, for people to look at."""

from typing import NamedTuple

from markupsafe import Markup

#: level -> its icon; the worst first
LEVELS = {
    "danger": "fa-exclamation-triangle",
    "warning": "fa-exclamation-triangle",
    "info": "fa-info-circle",
}


class Finding(NamedTuple):
    """Something that should be looked at.

    :ivar kind: what it is about, in a word
    :ivar level: one of ``LEVELS``
    """

    kind: str
    level: str
    title: str
    text: str

    @property
    def rank(self):
        """Return its place among others, the worst first."""
        return list(LEVELS).index(self.level)

    def html(self):
        """Return it as a paragraph; what strangers said in it stays text."""
        return Markup(
            '<p class="mb-2"><i class="fa %s text-%s me-2"></i><strong>%s</strong>'
            ' <span class="text-muted">%s</span></p>'
        ) % (LEVELS[self.level], self.level, self.title, self.text)
