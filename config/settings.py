"""Django's settings, from the values of config.environment."""

from config import admin_theme
from config.database import embedded_database, named_database
from config.environment import ROOT, load_environment
from config.logs import logging_settings
from config.message_variables import email_settings
from config.own_secrets import kept_secret, new_encryption_key, new_secret_key
from config.policy import content_security_policy
from config.queue import queue_settings

_values = load_environment()

BASE_DIR = ROOT
VAR = _values["VAR_DIRECTORY"]
PRODUCTION = _values["ENVIRONMENT"] == "production"
DEBUG = _values["DEBUG"]

SECRET_KEY = _values["SECRET_KEY"] or kept_secret(VAR / "secrets" / "secret_key", new_secret_key)
SECRET_KEY_FALLBACKS = _values["SECRET_KEY_FALLBACKS"]
FIELD_ENCRYPTION_KEYS = _values["FIELD_ENCRYPTION_KEYS"] or [
    kept_secret(VAR / "secrets" / "field_encryption_key", new_encryption_key)
]

DATABASE_URL = _values["DATABASE_URL"]
DATABASES = {
    "default": named_database(DATABASE_URL) if DATABASE_URL else embedded_database(VAR / "postgres")
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.inlines",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "django_q",
    "connections",
    "mappings",
    "sync",
]
MIDDLEWARE = [
    "config.health.HealthPages",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "config.logs.RequestLog",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "sync.admin.pausing.context",
                "sync.admin.inbox_bell.context",
            ],
            "libraries": {"counterpart": "config.template_words"},
        },
    }
]
LANGUAGE_CODE = "en-gb"
FORMAT_MODULE_PATH = ["config.formats"]
UNFOLD = admin_theme.UNFOLD
TIME_ZONE = _values["TIME_ZONE"]
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = ROOT / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not PRODUCTION

ALLOWED_HOSTS = _values["ALLOWED_HOSTS"]
CSRF_TRUSTED_ORIGINS = _values["CSRF_TRUSTED_ORIGINS"]
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _values["HTTPS_ONLY"]
SECURE_HSTS_SECONDS = _values["HSTS_SECONDS"]
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = False  # the neighbours decide themselves
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _values["BEHIND_PROXY"] else None
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"  # the way back from Xero's sign-in is a GET
X_FRAME_OPTIONS = "DENY"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

XERO_API_URL = _values["XERO_API_URL"]
XERO_IDENTITY_URL = _values["XERO_IDENTITY_URL"]
XERO_LOGIN_URL = _values["XERO_LOGIN_URL"]
PUBLIC_URL = _values["PUBLIC_URL"]
SALESFORCE_CERTIFICATE_HEADER = _values["SALESFORCE_CERTIFICATE_HEADER"]
SALESFORCE_CERTIFICATE = _values["SALESFORCE_CERTIFICATE"]
SALESFORCE_BACKGROUND_PERCENT = _values["SALESFORCE_BACKGROUND_PERCENT"]
XERO_CALLS_PER_MINUTE = _values["XERO_CALLS_PER_MINUTE"]
XERO_BACKGROUND_PERCENT = _values["XERO_BACKGROUND_PERCENT"]
CONTENT_SECURITY_POLICY = content_security_policy(XERO_LOGIN_URL, production=PRODUCTION)

EMAIL_URL = _values["EMAIL_URL"]
for _name, _value in email_settings(EMAIL_URL).items():
    globals()[_name] = _value
DEFAULT_FROM_EMAIL = SERVER_EMAIL = _values["DEFAULT_FROM_EMAIL"]
SITE_URL = _values["SITE_URL"] or PUBLIC_URL
MESSAGE_PRIVATE_HOSTS = _values["MESSAGE_PRIVATE_HOSTS"]
QUESTIONS_OLD_DAYS = _values["QUESTIONS_OLD_DAYS"]
MESSAGES_KEPT_DAYS = _values["MESSAGES_KEPT_DAYS"]

QUICK_LOOK_SECONDS = _values["QUICK_LOOK_SECONDS"]
SWEEP_SECONDS = _values["SWEEP_SECONDS"]
LEASE_SECONDS = _values["LEASE_SECONDS"]
WORKER_SILENCE_SECONDS = _values["WORKER_SILENCE_SECONDS"]
WORKER_STOP_SECONDS = _values["WORKER_STOP_SECONDS"]
Q_CLUSTER = queue_settings(processes=_values["QUEUE_PROCESSES"], poll=_values["QUEUE_POLL_SECONDS"])

LOGGING = logging_settings(_values["LOG_FORMAT"], _values["LOG_LEVEL"])
