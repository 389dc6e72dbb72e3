"""A site whose login is a file of docs/integrations/python.md: one question a line in, one answer a line out.

python_site.py DATABASE CODE MODULE
"""

import importlib
import json
import sqlite3
import sys

database, code, module = sys.argv[1:]
sys.path.insert(0, code)
site = importlib.import_module(module)
db = sqlite3.connect(database)

for line in sys.stdin:
    question = json.loads(line)
    print("in" if site.login(db, question["login"], question["password"]) else "out", flush=True)
