"""A site whose login is the code of docs/integrations/crypt.md: one question a line in, one answer a line out.

crypt_site.py DATABASE CODE verifier|bare
"""

import json
import sqlite3
import sys

_, database, code, kind = sys.argv
sys.path.insert(0, code)
import wrapped  # noqa: E402
from login import login  # noqa: E402

wrapped.COST = 4
db = sqlite3.connect(database, isolation_level=None)


def by_crypt_alone(name, password):
    """What reads the column by crypt(3) and has not been taught."""
    (stored,) = db.execute("SELECT password FROM users WHERE login = ?", (name,)).fetchone()
    return wrapped.crypt(password.encode(), stored.encode()) == stored.encode()


opens = login.__get__(db) if kind == "verifier" else by_crypt_alone
for line in sys.stdin:
    question = json.loads(line)
    print("in" if opens(question["login"], question["password"]) else "out", flush=True)
