"""Find a report again without its link."""

from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from askerportal.shared import limits
from reports import case_forms as forms
from reports import finding


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request):
    """Ask for the link by number and contact; the same answer whether there is such a report or not."""
    form = forms.FindForm(request.POST or None)
    if form.is_valid():
        number = form.cleaned_data["number"]
        if limits.is_over(f"find from {limits.address_of(request)}", f"find number {number}"):
            return render(request, "429.html", status=429)
        finding.ask(number, form.cleaned_data["contact"])
        return redirect("reports:find_sent")
    return render(request, "reports/find.html", {"form": form}, status=422 if form.is_bound else 200)


@require_safe
def find_sent(request):
    """What happens next."""
    return render(request, "reports/find_sent.html")
