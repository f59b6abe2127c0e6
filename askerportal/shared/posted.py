"""What a form sent, kept for sending it again."""


def typed(request):
    """What was posted, as (name, value) pairs without the token; nothing when it cannot be read."""
    try:
        fields = list(request.POST.lists())
    except Exception:  # Cut short, too large, unknown charset: whatever is wrong, a page must come.
        return []
    return [(name, value) for name, values in fields for value in values if name != "csrfmiddlewaretoken"]


def posted_id(request, name):
    """A row's id that a form carries; 0, which no row has, for anything else."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
