"""The one settings module. Reading it touches nothing: home and keys are made when first needed."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from purveyor.config import database
from purveyor.config.home import home, secret_key
from purveyor.config.options import option

_PACKAGE = Path(__file__).resolve().parent.parent
_database_url = option("PURVEYOR_DATABASE_URL")
_public_url = urlsplit(option("PURVEYOR_PUBLIC_URL") or "")

SECRET_KEY = SimpleLazyObject(secret_key)
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", option("PURVEYOR_HOST")]
INTERNAL_IPS: list[str] = []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "purveyor.jobs",
    "purveyor.audit",
    "purveyor.vault",
    "purveyor.alerts",
    "purveyor.people",
    "purveyor.profiles",
    "purveyor.products",
    "purveyor.centers",
    "purveyor.offers",
    "purveyor.orders",
    "purveyor.warehouse",
    "purveyor.intake",
    "purveyor.outbox",
    "purveyor.channels",
    "purveyor.web",
    "purveyor.api",
]
# Its migrations fail on SQLite, and nothing of ours refers to its tables.
if database.is_postgres_url(_database_url):
    INSTALLED_APPS.append("procrastinate.contrib.django")

MIDDLEWARE = [
    "purveyor.web.middleware.security_headers",
    "purveyor.api.problems.middleware",
    "purveyor.web.middleware.plain_address",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "purveyor.api.idempotency.middleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "purveyor.web.middleware.language",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "purveyor.web.middleware.require_setup_and_sign_in",
    "purveyor.web.middleware.storable_forms",
]

ROOT_URLCONF = "purveyor.web.urls"
WSGI_APPLICATION = "purveyor.web.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_PACKAGE / "web" / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            # Compiled once also while developing; there is no DEBUG here.
            "loaders": [("django.template.loaders.cached.Loader", ["django.template.loaders.filesystem.Loader"])],
        },
    }
]

DATABASES = {"default": database.settings_for(_database_url, home())}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/sign-in/"

SESSION_COOKIE_AGE = option("PURVEYOR_SESSION_HOURS") * 3600
SESSION_SAVE_EVERY_REQUEST = False  # a page view is a read
SESSION_COOKIE_NAME = "purveyor_session"
CSRF_COOKIE_NAME = "purveyor_csrf"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _public_url.scheme == "https"
CSRF_TRUSTED_ORIGINS: list[str] = []
if _public_url.hostname:
    ALLOWED_HOSTS.append(_public_url.hostname)
    CSRF_TRUSTED_ORIGINS.append(f"{_public_url.scheme}://{_public_url.netloc}")
if SESSION_COOKIE_SECURE:
    # The proxy that serves https in front says so; without one nothing here is believed to be secure.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CSRF_FAILURE_VIEW = "purveyor.web.errors.forbidden_form"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = option("PURVEYOR_LANGUAGE")
LANGUAGES = [("en", _("English")), ("de", _("German"))]
LOCALE_PATHS = [_PACKAGE / "locale"]
LANGUAGE_COOKIE_NAME = "purveyor_language"

# Served from where they lie in the packages: nothing to collect, nothing to forget.
STATIC_URL = "/static/"
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.AppDirectoriesFinder"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600

DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # an answer form of a long order
LOGGING_CONFIG = None  # config.telemetry sets logging up, once, at start
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
