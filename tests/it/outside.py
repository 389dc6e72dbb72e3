"""A login page by other people's libraries: one login a line in, one verdict a line out.

It knows of saltern only what its documentation tells an application: how a wrapped value becomes a native string, and
what the inner ids mean.
"""

import base64
import hashlib
import json
import re
import sys
import unicodedata

import argon2
import bcrypt
import passlib.hash
from passlib.crypto._md4 import md4

WRAPPED = re.compile(r"^\$([a-z0-9-]+?)--([a-z0-9-]+)\$(.*?)(?:\$is=([A-Za-z0-9+/]*))?$", re.DOTALL)
WHITE_SPACE = re.compile("[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")


class Given:
    """What an application has beside the stored value: columns of its table, and what stands in `$is=`."""

    def __init__(self, login, setting):
        self.salt = setting or bytes.fromhex(login.get("salt", ""))
        self.setting = setting
        self.username = login.get("username", "").encode()


def hexdigest(name, *parts):
    return hashlib.new(name, b"".join(parts)).hexdigest().encode()


def django(password, setting):
    digest, rounds, length, salt = setting.split(b"$", 3)
    return hashlib.pbkdf2_hmac(digest.decode(), password, salt, int(rounds), int(length)).hex().encode()


def own_id(expression):
    return "x-" + base64.b32encode(hashlib.sha256(expression.encode()).digest())[:8].decode().lower()


def answer1(password):
    text = unicodedata.normalize("NFKC", password.decode())
    text = unicodedata.normalize("NFKC", text.casefold())
    return WHITE_SPACE.sub(" ", text).strip(" ").encode()


def b64s384(text):
    return base64.b64encode(hashlib.sha384(text).digest()).rstrip(b"=")


INNER = {
    "md5": lambda password: hashlib.md5(password).hexdigest().encode(),
    "sha1": lambda password: hashlib.sha1(password).hexdigest().encode(),
    "sha224": lambda password: hashlib.sha224(password).hexdigest().encode(),
    "sha256": lambda password: hashlib.sha256(password).hexdigest().encode(),
    "sha384": lambda password: hashlib.sha384(password).hexdigest().encode(),
    "sha512": lambda password: hashlib.sha512(password).hexdigest().encode(),
    "md4": lambda password: md4(password).hexdigest().encode(),
    "ntlm": lambda password: md4(password.decode().encode("utf-16-le")).hexdigest().encode(),
    "answer1": answer1,
    "sha384-b64": b64s384,
}

SALTED = {
    "md5-ps": lambda password, given: hexdigest("md5", password, given.salt),
    "md5-sp": lambda password, given: hexdigest("md5", given.salt, password),
    "md5-md5-s": lambda password, given: hexdigest("md5", hexdigest("md5", password), given.salt),
    "ldap-ssha": lambda password, given: hexdigest("sha1", password, given.setting),
    "dj-pbk256": lambda password, given: django(password, given.setting),
    "md5-pu": lambda password, given: hexdigest("md5", password, given.username),
    own_id("sha1('pepper'.md5(pass).lower(username))"): lambda password, given: hexdigest(
        "sha1", b"pepper", hexdigest("md5", password), given.username.decode().lower().encode()
    ),
}


def prehash(inner, password, given):
    if inner in SALTED:
        return SALTED[inner](password, given)
    if inner not in INNER and inner.endswith("-b64s384"):
        return b64s384(prehash(inner.removesuffix("-b64s384"), password, given))
    return INNER[inner](password)


PBKDF2 = re.compile(r"^\$pbkdf2-sha256\$i=([0-9]+),l=32\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$")


def opens_pbkdf2(stored, password):
    rounds, salt, digest = PBKDF2.match(stored).groups()
    made = hashlib.pbkdf2_hmac("sha256", password, base64.b64decode(salt + "=="), int(rounds))
    by_hashlib = made == base64.b64decode(digest + "=")
    # passlib names no parameters and writes a dot for the plus.
    spelt = f"$pbkdf2-sha256${rounds}${salt}${digest}".replace("+", ".")
    if by_hashlib != passlib.hash.pbkdf2_sha256.verify(password, spelt):
        raise ValueError("hashlib and passlib differ")
    return by_hashlib


def opens(login):
    stored, password = login["stored"], bytes.fromhex(login["password"])
    marked = WRAPPED.match(stored)
    if marked:
        stored = f"${marked[1]}${marked[3]}"
        setting = marked[4] and base64.b64decode(marked[4] + "=" * (-len(marked[4]) % 4))
        password = prehash(marked[2], password, Given(login, setting))
    if stored.startswith("$argon2"):
        try:
            return argon2.PasswordHasher().verify(stored, password)
        except argon2.exceptions.VerifyMismatchError:
            return False
    if stored.startswith("$2"):
        return bcrypt.checkpw(password, stored.encode())
    if stored.startswith("$pbkdf2-sha256$"):
        return opens_pbkdf2(stored, password)
    raise ValueError("neither argon2 nor bcrypt nor pbkdf2")


for line in sys.stdin:
    login = json.loads(line)
    try:
        verdict = "opens" if opens(login) else "refuses"
    except Exception as error:
        verdict = f"{type(error).__name__}: {error}".replace("\n", " ")
    print(verdict, flush=True)
