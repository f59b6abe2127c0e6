"""The report."""

import base64
import hashlib
import hmac
import uuid

from django.conf import settings
from django.db import connection, models
from django.db.models import F, Func, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from askerportal.shared.nvdb import RoadOwner
from reports.models.theme import Department, Theme
from reports.states import CLOSED, MOVES, OPEN, TONES, Conflict, NotAllowed, State, states


def digest(secret):
    """What the database keeps instead of a secret: its SHA-256, as hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


def ways_of_news():
    """How a citizen may hear of a report, as choices; none chosen means: by what was given."""
    return [("email", _("E-post")), ("sms", _("SMS")), ("both", _("E-post og SMS"))]


def languages():
    """The portal's languages, as choices."""
    return settings.LANGUAGES


def road_owners():
    """Who may own a road, as choices."""
    return RoadOwner.choices


class ReportQuerySet(models.QuerySet):
    def with_token(self, token):
        """The report that a tracking link opens, at most one."""
        return self.filter(token_hash=digest(token))

    def sent_with(self, idempotency_key):
        """The report that a form with this key has become, at most one."""
        return self.filter(idempotency_hash=digest(idempotency_key))

    def in_inbox_of(self, department):
        """What has reached the department, the longest waiting first."""
        return self.filter(department=department, routed_at__isnull=False).order_by("received_at", "id")

    def shown_as(self, state, theme):
        """Those in one state ("" for all that are open), of one theme by its slug ("" for all)."""
        rows = self.filter(state=state) if state else self.filter(state__in=OPEN)
        # A subquery, not a join: the index then gives the rows in their order.
        return rows.filter(theme=Subquery(Theme.objects.filter(slug=theme).values("pk"))) if theme else rows

    def counts_in(self, department, *, at_most):
        """How many reports a department has in each state, and open ones under "".

        Counting stops at `at_most` + 1 a state, so that it never costs more
        than reading a page of an index.
        """
        with connection.cursor() as cursor:
            cursor.execute(COUNTS, [department.pk, at_most + 1, list(State.values)])
            counts = dict(cursor.fetchall())
        return counts | {"": sum(counts[state] for state in OPEN)}

    def lock(self, pk, version=None):
        """The report, held for this transaction; raises Conflict when it changed after a given `version`."""
        report = self.select_for_update(of=["self"]).select_related("theme", "department").get(pk=pk)
        if version not in (None, report.version):
            raise Conflict
        return report


COUNTS = """
    SELECT state, (
        SELECT count(*) FROM (
            SELECT 1 FROM reports_report AS report
            WHERE report.department_id = %s AND report.state = wanted.state AND report.routed_at IS NOT NULL
            LIMIT %s
        ) AS capped
    ) FROM unnest(%s::text[]) AS wanted (state)
"""


def distance_text(metres, near):
    """How far something is from an address, in words; up to AT metres is at it."""
    if metres <= AT:
        return _("rett ved %(near)s") % {"near": near}
    return _("%(metres)d m fra %(near)s") % {"metres": metres, "near": near}


AT = 2  # metres


class Report(models.Model):
    """A fault that somebody told us of.

    lat and lon are degrees in WGS 84, both or none; near is the closest address
    ("Kirkeveien 230"), near_metres how far it is from there. phone is E.164. The
    reporter is reached in `language`, or not at all when no_contact is set.
    """

    uid = models.UUIDField(default=uuid.uuid4, editable=False)
    number = models.CharField(
        _("saksnummer"),
        max_length=20,
        editable=False,
        db_default=Func(function="next_report_number"),
    )
    token_hash = models.CharField(max_length=64, editable=False)
    idempotency_hash = models.CharField(max_length=64, editable=False)
    received_at = models.DateTimeField(_("mottatt"), default=timezone.now, editable=False)

    theme = models.ForeignKey(Theme, models.PROTECT, verbose_name=_("tema"), db_index=False)
    department = models.ForeignKey(Department, models.PROTECT, verbose_name=_("avdeling"), db_index=False)
    routed_by = models.CharField(_("fordelt etter regel"), max_length=100)
    routed_at = models.DateTimeField(_("kom til avdelingen"), null=True, editable=False)

    deadline = models.DateField(_("frist"), null=True, editable=False)

    state = models.CharField(
        _("status"), max_length=20, choices=states, default=State.RECEIVED, editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    address = models.CharField(_("adresse eller sted"), max_length=200, blank=True)
    lat = models.FloatField(_("breddegrad"), null=True, blank=True)
    lon = models.FloatField(_("lengdegrad"), null=True, blank=True)
    near = models.CharField(_("nærmeste adresse"), max_length=110, blank=True, default="", db_default="")
    near_metres = models.PositiveSmallIntegerField(_("meter fra nærmeste adresse"), null=True, blank=True)
    road_owner = models.CharField(
        _("veieier"),
        max_length=20,
        choices=road_owners,
        default=RoadOwner.UNKNOWN,
        db_default=RoadOwner.UNKNOWN,
    )
    description = models.TextField(_("beskrivelse"))

    name = models.CharField(_("navn"), max_length=100, blank=True)
    email = models.EmailField(_("e-post"), blank=True)
    phone = models.CharField(_("telefon"), max_length=20, blank=True)
    no_contact = models.BooleanField(_("vil ikke kontaktes"), default=False)
    language = models.CharField(_("språk"), max_length=2, choices=languages, default="nb")
    news = models.CharField(
        _("nyheter på"), max_length=5, choices=ways_of_news, blank=True, default="", db_default=""
    )
    has_news = models.BooleanField(_("nytt fra innbyggeren"), default=False, db_default=False)
    news_stopped_at = models.DateTimeField(_("nyheter stoppet"), null=True, editable=False)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("melding")
        verbose_name_plural = _("meldinger")
        constraints = [
            # Not `unique=True`: that makes a second index on each, for LIKE, which nothing asks for.
            models.UniqueConstraint(fields=["number"], name="report_number_once"),
            models.UniqueConstraint(fields=["token_hash"], name="report_token_once"),
            models.UniqueConstraint(fields=["idempotency_hash"], name="report_idempotency_key_once"),
            models.CheckConstraint(
                name="report_lat_and_lon_or_none",
                condition=Q(lat__isnull=True, lon__isnull=True)
                | Q(lat__isnull=False, lon__isnull=False, lat__range=(-90, 90), lon__range=(-180, 180)),
            ),
            models.CheckConstraint(
                name="report_can_be_answered_or_says_no",
                condition=Q(no_contact=True) | ~Q(email="") | ~Q(phone=""),
            ),
            models.CheckConstraint(name="report_state_known", condition=Q(state__in=[*OPEN, *CLOSED])),
        ]
        indexes = [
            # An inbox page is the first hundred rows of one of these, however many lie behind.
            models.Index(
                F("department"),
                F("received_at"),
                F("id"),
                name="inbox_waiting",
                condition=Q(state__in=OPEN, routed_at__isnull=False),
            ),
            models.Index(
                F("department"),
                F("state"),
                F("received_at"),
                F("id"),
                name="inbox_state",
                condition=Q(routed_at__isnull=False),
            ),
            models.Index(
                F("department"),
                F("theme"),
                F("received_at"),
                F("id"),
                name="inbox_theme",
                condition=Q(state__in=OPEN, routed_at__isnull=False),
            ),
            models.Index(
                F("department"),
                F("theme"),
                F("state"),
                F("received_at"),
                F("id"),
                name="inbox_theme_state",
                condition=Q(routed_at__isnull=False),
            ),
        ]

    def __str__(self):
        return self.number

    def save(self, **kwargs):
        if not self.token_hash:
            self.token_hash = digest(self.token)
        super().save(**kwargs)

    def get_absolute_url(self):
        """The page for staff; a citizen's page is `tracking_path`."""
        return reverse("reports:staff_case", args=[self.number])

    @cached_property
    def token(self):
        """The tracking link's 128 bits, made from the uid and a key that the database does not hold."""
        seal = hmac.digest(settings.TRACKING_KEY.encode(), b"track" + self.uid.bytes, "sha256")
        return base64.urlsafe_b64encode(seal[:16]).decode().rstrip("=")

    @property
    def tracking_path(self):
        """The citizen's page of this report, without host."""
        return reverse("reports:case", args=[self.token])

    @property
    def tracking_url(self):
        """The citizen's page of this report, as it stands in mails."""
        return settings.SITE_URL + self.tracking_path

    @property
    def place_text(self):
        """Where it is, in words: the address, the pin by its nearest address, both or nothing."""
        at_address = self.near_metres == 0 and self.near and self.address.startswith(f"{self.near},")
        return capfirst(" – ".join(filter(None, [self.address, "" if at_address else self.pin_text])))

    @property
    def pin_text(self):
        """Where the pin is: "12 m fra Kirkeveien 230", or degrees where no address is near."""
        if self.near:
            return distance_text(self.near_metres, self.near)
        return self.position_text and _("%(position)s i kartet") % {"position": self.position_text}

    @property
    def position_text(self):
        """The pin's degrees, north and east, or nothing."""
        return "" if self.lat is None else f"{self.lat:.5f}, {self.lon:.5f}"

    def get_state_display(self):
        """The state's label (Django's own would go through all choices, for every row of an inbox)."""
        return State(self.state).label

    @property
    def waiting_text(self):
        """How long it has waited, in whole days and in words."""
        days = (timezone.now() - self.received_at).days
        return (
            ngettext("%(days)d dag", "%(days)d dager", days) % {"days": days}
            if days
            else gettext("Under 1 dag")
        )

    @property
    def is_open(self):
        """True until the report is closed."""
        return self.state in OPEN

    @property
    def is_overdue(self):
        """True for an open report whose deadline was before today."""
        return self.is_open and self.deadline is not None and self.deadline < timezone.localdate()

    @property
    def tone(self):
        """The state's colour in a tag."""
        return TONES[State(self.state)]

    @property
    def moves(self):
        """The states that the report may go to from here."""
        return MOVES[State(self.state)]

    @property
    def news_path(self):
        """Where the reporter stops news of this report, or starts them again; without host."""
        return reverse("reports:news", args=[self.token])

    @property
    def news_url(self):
        """The same, as it stands in mails and SMS."""
        return settings.SITE_URL + self.news_path

    def move_to(self, state, *, by, reason="", public_text="", date=None):
        """Change the state and write down who did it; the one door to `state`.

        by is the user, or None for the citizen and the portal itself. reason
        is internal, public_text is for the citizen, date is when the work is
        planned for. Raises NotAllowed.
        """
        if state not in self.moves:
            raise NotAllowed(self.state, state)
        change = self.changes.create(
            before=self.state, after=state, by=by, reason=reason, public_text=public_text, date=date
        )
        self.state, self.version = state, self.version + 1
        self.save(update_fields=["state", "version"])
        return change
