"""A Django site whose hashers are those of docs/integrations/django.md: one question a line in, one answer a line out.

django_site.py DATABASE CODE PREFERRED
"""

import json
import os
import sys

import django
from django.conf import settings

database, code, preferred = sys.argv[1:]
sys.path.insert(0, code)
page = {}
exec(open(f"{code}/settings.py").read(), page)
hashers = sorted(page["PASSWORD_HASHERS"], key=lambda name: not name.endswith(f"hashers.{preferred}"))
settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": database}},
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth"],
    PASSWORD_HASHERS=hashers,
    AUTHENTICATION_BACKENDS=page["AUTHENTICATION_BACKENDS"],
    SECRET_KEY="of the tests",
    USE_TZ=True,
)
django.setup()

from django.contrib.auth import authenticate, get_user_model, hashers as django_hashers  # noqa: E402
from django.contrib.auth.tokens import default_token_generator  # noqa: E402
from django.core.management import call_command  # noqa: E402


if "SITE_IS_CHEAP" in os.environ:
    # Many logins of one test: what is read does not depend on the cost.
    django_hashers.Argon2PasswordHasher.memory_cost = 64
    django_hashers.Argon2PasswordHasher.time_cost = 1
    django_hashers.Argon2PasswordHasher.parallelism = 1
    django_hashers.BCryptSHA256PasswordHasher.rounds = 4


def answer(question):
    match question:
        case {"do": "make tables"}:
            call_command("migrate", verbosity=0)
            return "made"
        case {"do": "log in", "login": login, "password": password}:
            return "in" if authenticate(username=login, password=password) else "out"
        case {"do": "sign", "login": login}:
            user = get_user_model().objects.get(username=login)
            return f"{user.get_session_auth_hash()} {default_token_generator.make_token(user)}"
        case {"do": "check", "login": login, "signed": signed}:
            user = get_user_model().objects.get(username=login)
            session, token = signed.split()
            session = "same" if session == user.get_session_auth_hash() else "ended"
            return f"session {session}, link {'good' if default_token_generator.check_token(user, token) else 'dead'}"


for line in sys.stdin:
    print(answer(json.loads(line)), flush=True)
