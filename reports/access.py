"""Who may see or do what with reports. The decorators fetch the object that they guard."""

from functools import wraps

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import never_cache

from askerportal.accounts.sign_in import sign_in_first
from reports.models import Department, Report


def may_see_all(user):
    """The front desk and superusers see every department's reports."""
    return user.is_front_desk or user.is_superuser


def departments_of(user):
    """The departments whose inbox this user may open."""
    return Department.objects.all() if may_see_all(user) else user.departments.all()


def may_work_in(user, department_id):
    """True when the user may see and change a department's reports."""
    return may_see_all(user) or user.departments.filter(pk=department_id).exists()


def staff_of_department(view):
    """Guard a page of one report, given its number: signed in, and in its department."""

    def fetch(number):
        report = get_object_or_404(Report.objects.select_related("theme", "department"), number=number)
        return report, report.department_id

    return _for_staff(view, fetch)


def member_of_department(view):
    """Guard a department's page, given its slug: signed in, and a member."""

    def fetch(slug):
        department = get_object_or_404(Department, slug=slug)
        return department, department.pk

    return _for_staff(view, fetch)


def _for_staff(view, fetch):
    """The view, given what `fetch` finds, for those who may work in its department only."""

    @wraps(view)
    @never_cache
    @sign_in_first
    def guarded(request, **ids):
        guarded_object, department_id = fetch(**ids)
        if not may_work_in(request.user, department_id):
            raise PermissionDenied
        return view(request, guarded_object)

    return guarded


def holder_of_link(view):
    """Guard a citizen's page of a report, given its tracking token; kept out of caches and search engines."""

    @wraps(view)
    @never_cache
    def guarded(request, token, **more):
        report = Report.objects.with_token(token).select_related("theme", "department").first()
        if report is None:
            raise Http404
        response = view(request, report, **more)
        response["X-Robots-Tag"] = "noindex"
        return response

    return guarded
