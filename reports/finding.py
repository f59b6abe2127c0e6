"""The link to a report for somebody who has lost it: asked for by number and contact, sent, never shown.

The page only writes down what was asked. Whether there is such a report is found out by a worker, so
that the page takes the same way, and the same time, whatever the answer is.
"""

from django.db import transaction

from reports import deliveries, notices
from reports.models import Delivery, LinkRequest, Report

TASK = "reports.send_link"
QUEUE = deliveries.SHARED_QUEUES[Delivery.Kind.EMAIL]
AT_ONCE = 500  # in one sweep


@transaction.atomic
def ask(number, contact):
    """Take down that somebody wants the link to a report; contact is an e-mail address or E.164."""
    asked = LinkRequest.objects.create(number=number, contact=contact)
    transaction.on_commit(lambda: deliveries.nudger.publish(QUEUE, asked.pk, TASK), robust=True)


@transaction.atomic
def answer(pk):
    """Promise the link to who asked, if that is how the reporter can be reached; then forget the question."""
    asked = LinkRequest.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
    if asked is None:
        return
    report = Report.objects.select_related("theme", "department").filter(number=asked.number).first()
    if report:
        deliveries.promise(report, notices.link_asked_for(report, asked))
    asked.delete()


def answer_all():
    """Answer what no worker has answered."""
    for pk in list(LinkRequest.objects.order_by("id").values_list("pk", flat=True)[:AT_ONCE]):
        answer(pk)
