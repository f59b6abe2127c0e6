"""Whether the portal works, for those who watch it."""

from datetime import timedelta

import redis
from django.conf import settings
from django.db import DatabaseError
from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from reports.models import Delivery

TOO_OLD = timedelta(minutes=5)


@never_cache
@require_safe
def health(request):
    """The parts and how long the oldest due delivery has waited, as JSON; 503 when reports go nowhere."""
    database, oldest = waiting()
    parts = {"database": database, "broker": broker_answers(), "oldest_due_delivery_seconds": oldest}
    well = database and oldest < TOO_OLD.total_seconds()
    return JsonResponse({"ok": well, **parts}, status=200 if well else 503)


def waiting():
    """Whether the database answers, and for how many seconds the oldest due delivery has waited."""
    try:
        oldest = Delivery.objects.due().values_list("due_at", flat=True).first()
    except DatabaseError:
        return False, 0
    return True, int((timezone.now() - oldest).total_seconds()) if oldest else 0


def broker_answers():
    """Whether the broker answers within half a second; without it reports still go in and are swept."""
    try:
        patience = {"socket_timeout": 0.5, "socket_connect_timeout": 0.5}
        with redis.Redis.from_url(settings.REDIS_URL, **patience) as broker:
            return broker.ping()
    except redis.RedisError:
        return False
