"""Every setting of the portal, read from the environment once.

Safe for production by default. The embedded run (`make run`) writes its own
environment to `.run/env`; a variable that is set for real wins over that file.
"""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONCE, NONE, SELF

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(env.str("ENV_FILE", default=str(BASE_DIR / ".run" / "env")))

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY")
# Makes the tracking links; a new key would end every link that is out there.
TRACKING_KEY = env.str("TRACKING_KEY", default=SECRET_KEY)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1"] if DEBUG else [])
# Links in mail start with this, never with the Host header.
SITE_URL = env.str("SITE_URL", default="http://localhost:8000" if DEBUG else "https://localhost")
RUN_DIR = Path(env.str("RUN_DIR", default=str(BASE_DIR / ".run")))

INSTALLED_APPS = [
    "askerportal.accounts",
    "askerportal.shared",
    "askerportal.apps.PortalConfig",
    "reports",
    "guidance",
    "askerportal.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "crispy_forms",
    "leaflet",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "askerportal.front.middleware.ChosenLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "askerportal.front.middleware.DatabaseAwayMiddleware",
]

if DEBUG:
    MIDDLEWARE.append("askerportal.front.middleware.OwnNotFoundMiddleware")

ROOT_URLCONF = "askerportal.urls"
WSGI_APPLICATION = "askerportal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
        },
    },
]

POOL_SIZE = env.int("DATABASE_POOL_SIZE", default=8)
# A row held by another, a runaway query and a forgotten transaction end by themselves.
PATIENCE = "-c lock_timeout=3s -c statement_timeout=10s -c idle_in_transaction_session_timeout=30s"
# How like a street's name (0 to 1, pg_trgm) what was written must be, to find it by its index.
LIKENESS = "-c pg_trgm.word_similarity_threshold=0.4"
DATABASES = {
    "default": {
        **env.db_url("DATABASE_URL"),
        "CONN_HEALTH_CHECKS": True,
        # The web shares a pool between its threads; a worker's child keeps one connection.
        "CONN_MAX_AGE": 0 if POOL_SIZE else None,
        "OPTIONS": {
            "pool": {"min_size": 1, "max_size": POOL_SIZE, "timeout": 3} if POOL_SIZE else False,
            # Statements are planned once a connection, by the server.
            "server_side_binding": True,
            "prepare_threshold": 2,
            "options": f"{PATIENCE} {LIKENESS}",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL")
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # A broker that is down or frozen may cost a citizen half a second, not a minute.
    "socket_timeout": 0.5,
    "socket_connect_timeout": 0.5,
    "visibility_timeout": 300,
}
CELERY_TASK_IGNORE_RESULT = True
# Else Celery opens a new connection for every task; askerportal/celery.py closes those that are broken.
CELERY_DB_REUSE_MAX = 1_000_000_000
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_DEFAULT_QUEUE = "frontdesk"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "Europe/Oslo"
SWEEP_EVERY = 30  # seconds
CELERY_BEAT_SCHEDULE = {
    "sweep": {
        "task": "reports.sweep",
        "schedule": SWEEP_EVERY,
        # A beat that was away sends one sweep, not a pile of them.
        "options": {"queue": "sweep", "expires": SWEEP_EVERY},
    },
    "clear_photos": {
        "task": "reports.clear_photos",
        "schedule": 24 * 3600,
        "options": {"queue": "photos", "expires": 24 * 3600},
    },
}
CELERY_BEAT_SCHEDULE_FILENAME = str(RUN_DIR / "beat-schedule")

AUTH_USER_MODEL = "accounts.User"
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "staff_home"
LOGOUT_REDIRECT_URL = "front"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

LANGUAGE_CODE = "nb"
LANGUAGES = [("nb", "Bokmål"), ("nn", "Nynorsk"), ("en", "English")]
FORMAT_MODULE_PATH = "askerportal.formats"
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
TIME_ZONE = "Europe/Oslo"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(BASE_DIR / ".build" / "static"))
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("designsystemet", BASE_DIR / "node_modules/@digdir/designsystemet-css/dist"),
    ("inter", BASE_DIR / "node_modules/@fontsource-variable/inter/files"),
]
# Photos lie in a folder that all web processes and workers share, or in an S3-compatible bucket.
PHOTO_BUCKET = env.str("PHOTO_BUCKET", default="")
PHOTO_STORAGE = (
    {
        "BACKEND": "askerportal.shared.s3.PatientS3Storage",
        "OPTIONS": {
            "bucket_name": PHOTO_BUCKET,
            "endpoint_url": env.str("PHOTO_S3_URL", default="") or None,
            "region_name": env.str("PHOTO_S3_REGION", default="") or None,
            "access_key": env.str("PHOTO_S3_KEY", default="") or None,
            "secret_key": env.str("PHOTO_S3_SECRET", default="") or None,
            "location": "photos",
        },
    }
    if PHOTO_BUCKET
    else {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": env.str("PHOTO_FOLDER", default=str(RUN_DIR / "photos")),
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
            "allow_overwrite": True,
        },
    }
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    "photos": PHOTO_STORAGE,
}
FILE_UPLOAD_HANDLERS = ["askerportal.shared.uploads.DiskUploadHandler"]
UPLOAD_LARGEST = 12 * 1024 * 1024  # bytes a file
UPLOAD_MOST = 10  # files a request; each form says itself how many it takes
# Images that one web process decodes at a time, each in a process of its own of up to 1 GB.
PHOTO_READERS = env.int("PHOTO_READERS", default=1)

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "designsystemet"
CRISPY_TEMPLATE_PACK = "designsystemet"
CRISPY_FAIL_SILENTLY = not DEBUG

MAP_TILES_URL = env.str(
    "MAP_TILES_URL",
    default="https://cache.kartverket.no/v1/wmts/1.0.0/topo/default/webmercator/{z}/{y}/{x}.png",
)
LEAFLET_CONFIG = {
    # Degrees: west, south, east, north of the municipality with its sea (Kartverket).
    "SPATIAL_EXTENT": (10.2901, 59.4573, 10.6350, 59.9059),
    "MIN_ZOOM": 10,
    "MAX_ZOOM": 18,
    "TILES": [("Kartverket", MAP_TILES_URL, {"attribution": "© Kartverket"})],
    "RESET_VIEW": False,
    "ATTRIBUTION_PREFIX": "",
    "NO_GLOBALS": True,
}

# Where addresses and roads are asked for that our own tables do not know; empty: nowhere, as on a machine
# that is only tried. Nothing else than these hosts is ever asked.
KARTVERKET_URL = env.str("KARTVERKET_URL", default="" if DEBUG else "https://ws.geonorge.no/adresser/v1")
NVDB_URL = env.str("NVDB_URL", default="" if DEBUG else "https://nvdbapiles.atlas.vegvesen.no/vegnett/api/v4")
# Seconds for each. A step asks for two at most, and must answer within one.
LOOKUP_TIMEOUT = env.float("LOOKUP_TIMEOUT", default=0.4)
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # In each process's memory: an answer that is missing costs one question more, and what a citizen
    # wrote lies in no server but ours.
    "lookups": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "lookups",
        "TIMEOUT": 3600,
        "OPTIONS": {"MAX_ENTRIES": 2000},
    },
}

EMAIL_CONFIG = env.email_url("EMAIL_URL", default="smtp://localhost:25")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 10  # seconds
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Asker kommune <ikke-svar@asker.example>")
# Only the embedded run keeps its mails in a folder, where the portal shows them.
LOCAL_MAILBOX = env.str("LOCAL_MAILBOX", default="")

# An HTTP gateway (askerportal/shared/sms.py tells how it is spoken to); empty: no SMS leaves the house.
SMS_URL = env.str("SMS_URL", default="")
SMS_KEY = env.str("SMS_KEY", default="")
SMS_SENDER = env.str("SMS_SENDER", default="Asker")  # at most 11 characters, or a number
SMS_TIMEOUT = 5  # seconds for the whole conversation
LOCAL_SMS = env.str("LOCAL_SMS", default="")  # as LOCAL_MAILBOX

# The department that gets what no other owns (design: the fall-back of routing).
FRONT_DESK = env.str("FRONT_DESK", default="innbyggertorg")
MUNICIPALITY_NUMBER = env.str("MUNICIPALITY_NUMBER", default="3203")

SECURE_SSL_REDIRECT = not DEBUG
# Then the proxy says whether it is HTTPS and, last in X-Forwarded-For, whose request it is.
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_REDIRECT_EXEMPT = [r"^helse/$"]
SECURE_HSTS_SECONDS = 0 if DEBUG else 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_AGE = 8 * 3600  # staff's working day
COOKIE_PREFIX = "" if DEBUG else "__Host-"
SESSION_COOKIE_NAME = f"{COOKIE_PREFIX}session"
CSRF_COOKIE_NAME = f"{COOKIE_PREFIX}csrf"
DRAFT_COOKIE_NAME = f"{COOKIE_PREFIX}draft"
LANGUAGE_COOKIE_NAME = f"{COOKIE_PREFIX}language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not DEBUG
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "askerportal.front.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "font-src": [SELF],
        "img-src": [SELF, "data:", "{0.scheme}://{0.netloc}".format(urlsplit(MAP_TILES_URL))],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
# "Use my position" is the one thing that a page of ours may ask the browser for.
PERMISSIONS_POLICY = {"geolocation": "self", "camera": [], "microphone": [], "payment": [], "usb": []}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "askerportal.shared.logs.WithoutTokens",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        # Django would mail and log whole requests; we log what failed, never what was sent.
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django.security.csrf": {"level": "ERROR"},
        "httpx": {"level": "WARNING"},  # writes every address that it asks for, with what was typed
        "mail.log": {"level": "WARNING"},  # aiosmtpd tells every word of a conversation, with addresses
    },
}
