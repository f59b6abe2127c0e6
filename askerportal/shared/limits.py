"""How often somebody may do something: counts in the database, in windows of a minute and an hour.

What is counted is kept as a seal, so that the table holds no address or number of anybody.
"""

import hmac
import ipaddress

from django.conf import settings
from django.db import connection
from django.utils import timezone

from askerportal.shared.models import RateCount

# Seconds of a window, and how often in it (OWASP ASVS 6.3.8; reliability.md C7).
ALLOWED = [(60, 5), (3600, 20)]

COUNT = f"""
    INSERT INTO {RateCount._meta.db_table} AS counted (key, until, count)
    SELECT key, to_timestamp((ceil(extract(epoch FROM clock_timestamp()) / seconds) * seconds)::float), 1
    FROM unnest(%s::text[], %s::int[]) AS wanted (key, seconds) ORDER BY key
    ON CONFLICT (key, until) DO UPDATE SET count = counted.count + 1
    RETURNING key, count
"""  # noqa: S608 the table's own name


def is_over(*names):
    """Count one more for each name ("find 10.0.0.1"); true when one of them has passed a limit.

    One statement, so that two processes never count the same one twice or not at all.
    """
    wanted = {seal(name, seconds): (seconds, most) for name in names for seconds, most in ALLOWED}
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [list(wanted), [seconds for seconds, _most in wanted.values()]])
        return any(count > wanted[key][1] for key, count in cursor.fetchall())


def seal(name, seconds):
    """What stands in the table for a name and a window."""
    return hmac.digest(settings.SECRET_KEY.encode(), f"limit {seconds} {name}".encode(), "sha256").hex()


def clear():
    """Delete the counts of windows that are over."""
    RateCount.objects.filter(until__lt=timezone.now()).delete()


def address_of(request):
    """Whose request it is: the network address, or for IPv6 the /64 that one household has."""
    text = request.META.get("REMOTE_ADDR", "")
    if settings.BEHIND_PROXY:
        text = request.headers.get("X-Forwarded-For", text).rpartition(",")[2].strip()
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((address, 64), strict=False) if address.version == 6 else address)
