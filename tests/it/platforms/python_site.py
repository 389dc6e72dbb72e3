"""A site whose login is a file of docs/integrations/python.md: one question a line in, one answer a line out.

python_site.py DATABASE CODE MODULE
"""

import importlib
import json
import os
import sqlite3
import sys

database, code, module = sys.argv[1:]
sys.path.insert(0, code)
site = importlib.import_module(module)
if "SITE_IS_CHEAP" in os.environ:
    # Many logins of one test: what is read does not depend on the cost.
    if module == "wrapped":
        site.HASHER = site.argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
    else:
        site.CONTEXT.update(argon2__time_cost=1, argon2__memory_cost=64, argon2__parallelism=1)
db = sqlite3.connect(database)

for line in sys.stdin:
    question = json.loads(line)
    print("in" if site.login(db, question["login"], question["password"]) else "out", flush=True)
