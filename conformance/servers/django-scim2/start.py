"""django-scim2, set up as its documentation says, over users and groups of its own in a SQLite database in memory."""

import json
import secrets
import sys
import types
from pathlib import Path
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django
from django.conf import settings

TOKEN = secrets.token_hex(16)

settings.configure(
    DEBUG=False,
    SECRET_KEY=secrets.token_hex(16),
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF="app.urls",
    USE_TZ=True,
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django_scim", "app"],
    AUTH_USER_MODEL="app.User",
    MIDDLEWARE=["app.middleware.Bearer", "django_scim.middleware.SCIMAuthCheckMiddleware"],
    SCIM_SERVICE_PROVIDER={
        "NETLOC": "127.0.0.1",
        "SCHEME": "http",
        "AUTHENTICATION_SCHEMES": [{"type": "oauthbearertoken", "name": "token", "description": "A bearer token"}],
        "GROUP_MODEL": "app.models.Group",
    },
)


def module(name):
    made = types.ModuleType(name)
    made.__file__ = __file__
    sys.modules[name] = made
    return made


# The models are in a file of their own, since Django loads them by the name of their app.
module("app").__path__ = [str(Path(__file__).parent)]
middleware = module("app.middleware")
urls = module("app.urls")


class Bearer:
    """Lets in who has the token."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        known = request.headers.get("authorization") == f"Bearer {TOKEN}"
        request.user = types.SimpleNamespace(is_authenticated=known, is_anonymous=not known)
        request._dont_enforce_csrf_checks = True
        return self.get_response(request)


middleware.Bearer = Bearer
django.setup(set_prefix=False)

from django.core.handlers.wsgi import WSGIHandler  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.urls import include, path  # noqa: E402

urls.urlpatterns = [path("scim/v2/", include("django_scim.urls"))]
call_command("migrate", run_syncdb=True, verbosity=0)


class Quiet(WSGIRequestHandler):
    """Says nothing of requests."""

    def log_message(self, *_):
        pass


with make_server("127.0.0.1", 0, WSGIHandler(), handler_class=Quiet) as server:
    print(json.dumps({"base": f"http://127.0.0.1:{server.server_port}/scim/v2", "token": TOKEN}), flush=True)
    server.serve_forever()
