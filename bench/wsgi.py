"""The portal as it is served, with bench/urls.py in the place of its own addresses."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "askerportal.settings")
settings.ROOT_URLCONF = "bench.urls"
application = get_wsgi_application()
