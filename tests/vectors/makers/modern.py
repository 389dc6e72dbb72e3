"""Argon2, scrypt, PBKDF2 and bcrypt in the spellings of libraries: PHC strings and what was there before them.

libargon2 makes Argon2 (and PHP's password_verify opens what it can), bcryptjs bcrypt; PBKDF2 and scrypt are hashlib's, in the spellings of
@phc/pbkdf2, RustCrypto, passlib, lambdaworks' Java and Ruby's scrypt.
"""

import hashlib

from argon2 import low_level as argon2
from passlib import hash as passlib

from .common import FOREIGN, PLAIN, SALT, THREE, b64, b64_bare, line
from .tools import node, php

SALT16 = b"0123456789abcdef"
# Base64 with both of its own characters, and with bits left over.
SALT_ODD = bytes.fromhex("fbfffe3efbeffe00ff")
LIBARGON2 = "libargon2 (argon2-cffi 25)"
KINDS = {"argon2i": argon2.Type.I, "argon2d": argon2.Type.D, "argon2id": argon2.Type.ID}


def lines():
    yield from argon2s()
    yield from bcrypts()
    yield from pbkdf2s()
    yield from scrypts()


def made(kind, password, salt=SALT16, m=64, t=1, p=1, length=32, version=19):
    return argon2.hash_secret(password.encode(), salt, t, m, p, length, KINDS[kind], version).decode()


def argon2s():
    lines_ = []
    for kind in KINDS:
        lines_ += [(kind, password, made(kind, password)) for password in [*THREE, "a\0b"]]
        # The least of everything, more than one pass and lane, salts and hashes of other lengths.
        lines_ += [
            (kind, PLAIN, made(kind, PLAIN, salt=SALT, m=8)),
            (kind, PLAIN, made(kind, PLAIN, m=67, t=2, p=2)),
            (kind, PLAIN, made(kind, PLAIN, m=128, t=3, p=4, length=64)),
            (kind, PLAIN, made(kind, PLAIN, salt=SALT_ODD, length=4)),
            (kind, PLAIN, made(kind, PLAIN, salt=SALT16 * 4, length=33)),
            # Version 16 was before the version was named.
            (kind, PLAIN, made(kind, PLAIN, version=16)),
            (kind, FOREIGN, made(kind, FOREIGN, t=2, version=16).replace("$v=16", "")),
        ]
    # PHP has no Argon2d, and takes a version to be named.
    asked = [[password, stored] for kind, password, stored in lines_ if kind != "argon2d" and "$v=19$" in stored]
    assert all(php("foreach ($in as [$p, $s]) $out[] = password_verify($p, $s);", asked)), "PHP opens them"
    for kind, password, stored in lines_:
        yield line(kind, stored, password, LIBARGON2)


def bcrypts():
    asked = [[password, f"$2{'ab'[number % 2]}$04$abcdefghijklmnopqrstuu"] for number, password in enumerate([*THREE, PLAIN])]
    theirs = node("const b = require('bcryptjs'); for (const [p, s] of input) out.push(b.hashSync(p, s));", asked)
    for (password, setting), stored in zip(asked, theirs, strict=True):
        yield line(f"bcrypt-{setting[1:3]}", stored, password, "bcryptjs 3")
    theirs = php("foreach ($in as $p) $out[] = crypt($p, '$2y$04$abcdefghijklmnopqrstuu');", THREE)
    for password, stored in zip(THREE, theirs, strict=True):
        yield line("bcrypt-2y", stored, password, "PHP 8.2")


def pbkdf2s():
    for password in [*THREE, PLAIN]:
        p = password.encode()
        for name, length in [("sha1", 20), ("sha256", 32), ("sha512", 64)]:
            key = b64_bare(hashlib.pbkdf2_hmac(name, p, SALT16, 10, length))
            stored = f"$pbkdf2-{name}$i=10${b64_bare(SALT16)}${key}"
            assert node("const h = require('@phc/pbkdf2'); out.push(await h.verify(input[0], input[1]));", [stored, password]) == [True]
            yield line("phc-pbkdf2", stored, password, "hashlib, opened by @phc/pbkdf2 1")
        # RustCrypto's, which is Kratos' too.
        key = b64_bare(hashlib.pbkdf2_hmac("sha256", p, SALT_ODD, 3, 32))
        yield line("kratos-pbkdf2", f"$pbkdf2-sha256$i=3,l=32${b64_bare(SALT_ODD)}${key}", password, "hashlib (formula)")
    yield line("passlib-pbkdf2-sha256", passlib.pbkdf2_sha256.using(salt=SALT_ODD, rounds=1).hash(PLAIN), PLAIN, "passlib 1.7")
    yield line("passlib-pbkdf2-sha512", passlib.pbkdf2_sha512.using(salt=b"", rounds=2).hash(PLAIN), PLAIN, "passlib 1.7")


def scrypts():
    for password in [*THREE, PLAIN]:
        p = password.encode()
        key = hashlib.scrypt(p, salt=SALT16, n=16, r=8, p=1, dklen=32)
        # lambdaworks' SCryptUtil: log2 N, r and p in one hexadecimal number.
        yield line("scrypt-s0", f"$s0$40801${b64(SALT16)}${b64(key)}", password, "hashlib (formula)")
        # Ruby's scrypt: N, r and p in hex; salt and key too.
        yield line("ruby-scrypt", f"10$8$1${SALT16.hex()}${key.hex()}", password, "hashlib (formula)")
        key = hashlib.scrypt(p, salt=SALT_ODD, n=4, r=1, p=2, dklen=32)
        yield line("passlib-scrypt", f"$scrypt$ln=2,r=1,p=2${b64_bare(SALT_ODD)}${b64_bare(key)}", password, "hashlib (formula)")
        assert passlib.scrypt.verify(password, f"$scrypt$ln=2,r=1,p=2${b64_bare(SALT_ODD)}${b64_bare(key)}")
