#!/usr/bin/env python3
"""Makes the vectors in this folder with other people's implementations: hashlib, OpenSSL, libxcrypt, argon2-cffi, py-bcrypt,
passlib, PyCryptodome. All passwords and salts are ours, and fixed: the same files come out every time.

    python3 -m venv /tmp/vectors
    /tmp/vectors/bin/pip install -r tests/requirements.txt -r tests/vectors/requirements.txt
    /tmp/vectors/bin/python tests/vectors/make.py [NAME…]

It needs Python 3.12 or older (for `crypt`), a Linux with libxcrypt, and `openssl` with its legacy provider (for Whirlpool).
README.md says what each file is, and what else some of them need.
"""

import base64
import hashlib
import hmac
import json
import pathlib
import re
import subprocess
import sys
import unicodedata
import warnings

warnings.filterwarnings("ignore")
import crypt  # noqa: E402

import bcrypt  # noqa: E402
from argon2 import low_level as argon2  # noqa: E402
from Crypto.Hash import MD4, RIPEMD160, keccak  # noqa: E402
from passlib import hash as passlib  # noqa: E402

sys.dont_write_bytecode = True
from makers import applications, crypt3, expressions, forms, frameworks, modern, systems, words  # noqa: E402

FOLDER = pathlib.Path(__file__).parent
SALT = b"0123456789abcdef"
PASSWORDS = ["dragon", "Correct horse battery staple", "pässwörd", "пароль", "密码🔑", " spaces  around ", "x" * 100]
CHEAP = ["dragon", "pässwörd", "密码🔑"]


def write(name, rows):
    # All of them first, so that a maker that fails leaves the file as it was.
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    (FOLDER / name).write_text(text, encoding="utf-8")


def digests():
    """The unsalted digests: scheme's name to function."""
    h = hashlib
    hexed = lambda name: lambda p: h.new(name, p).hexdigest()
    wide = lambda p: p.decode().encode("utf-16-le")
    kec = lambda bits: lambda p: keccak.new(digest_bits=bits, data=p).hexdigest()
    md5, sha1, sha256 = hexed("md5"), hexed("sha1"), hexed("sha256")

    def whirlpool(p):
        command = ["openssl", "dgst", "-provider", "legacy", "-provider", "default", "-whirlpool"]
        return subprocess.run(command, input=p, capture_output=True, check=True).stdout.split()[-1].decode()

    md4 = lambda p: MD4.new(p).hexdigest()
    return {
        "md5": md5,
        "ntlm": lambda p: md4(wide(p)),
        "md4": md4,
        "md5(md5(pass))": lambda p: md5(md5(p).encode()),
        "md5(utf16le(pass))": lambda p: md5(wide(p)),
        "md5(sha1(pass))": lambda p: md5(sha1(p).encode()),
        "md5(md5(md5(pass)))": lambda p: md5(md5(md5(p).encode()).encode()),
        "md5(strtoupper(md5(pass)))": lambda p: md5(md5(p).upper().encode()),
        "sha1": sha1,
        "mysql41": lambda p: sha1(h.sha1(p).digest()),
        "sha1(sha1(pass))": lambda p: sha1(sha1(p).encode()),
        "sha1(md5(pass))": lambda p: sha1(md5(p).encode()),
        "sha1(utf16le(pass))": lambda p: sha1(wide(p)),
        "ripemd160": lambda p: RIPEMD160.new(p).hexdigest(),
        "sha224": hexed("sha224"),
        "sha3_224": hexed("sha3_224"),
        "sha256": sha256,
        "sha256(sha256(pass))": lambda p: sha256(sha256(p).encode()),
        "sha256(sha256_bin(pass))": lambda p: sha256(h.sha256(p).digest()),
        "sha256(md5(pass))": lambda p: sha256(md5(p).encode()),
        "sha256(utf16le(pass))": lambda p: sha256(wide(p)),
        "sha3_256": hexed("sha3_256"),
        "keccak_256": kec(256),
        "blake2s-256": hexed("blake2s"),
        "sha384": hexed("sha384"),
        "sha3_384": hexed("sha3_384"),
        "keccak_384": kec(384),
        "sha512": hexed("sha512"),
        "sha512(utf16le(pass))": lambda p: h.sha512(wide(p)).hexdigest(),
        "sha3_512": hexed("sha3_512"),
        "keccak_512": kec(512),
        "blake2b-512": hexed("blake2b"),
        "whirlpool": whirlpool,
    }


def argon2_string(text, kind=argon2.Type.ID, m=64, t=1, p=1, length=32, version=19):
    return argon2.hash_secret(text, SALT, t, m, p, length, kind, version).decode()


def bcrypt_string(text, prefix="2b", cost=4):
    salt = bcrypt.gensalt(cost)[:7] + b"abcdefghijklmnopqrstuu"
    # The prefixes mean the same function; py-bcrypt makes 2a, 2b and 2y alike, from at most 72 bytes.
    return bcrypt.hashpw(text[:72], salt).decode().replace("$2b$", f"${prefix}$", 1)


def native():
    """Strings that carry their own mark."""
    for password in CHEAP:
        p = password.encode()
        b64 = lambda data: base64.b64encode(data).decode()
        # Made by py-bcrypt over HMAC-SHA-256, as passlib's documentation has it.
        inner = base64.b64encode(hmac.digest(b"abcdefghijklmnopqrstuu", p, "sha256"))
        made = {
            "argon2id": argon2_string(p),
            "argon2i": argon2_string(p, argon2.Type.I, t=3),
            "argon2d": argon2_string(p, argon2.Type.D, m=128, p=2),
            "bcrypt-2a": bcrypt_string(p, "2a"),
            "bcrypt-2b": bcrypt_string(p, "2b", 5),
            "bcrypt-2y": bcrypt_string(p, "2y"),
            "passlib-bcrypt-sha256": "$bcrypt-sha256$v=2,t=2b,r=4$abcdefghijklmnopqrstuu$" + bcrypt_string(inner)[-31:],
            "wordpress-bcrypt": "$wp" + bcrypt_string(base64.b64encode(hmac.digest(b"wp-sha384", p.strip(), "sha384")), "2y"),
            "md5crypt": passlib.md5_crypt.using(salt="01234567").hash(p),
            "apr1": passlib.apr_md5_crypt.using(salt="01234567").hash(p),
            "sha1crypt": crypt.crypt(password, "$sha1$1000$01234567"),
            "sha256crypt": crypt.crypt(password, "$5$rounds=1000$0123456789abcdef"),
            "sha512crypt": crypt.crypt(password, "$6$0123456789abcdef"),
            "yescrypt": crypt.crypt(password, "$y$j75$0123456789abcdef"),
            "gost-yescrypt": crypt.crypt(password, "$gy$j75$0123456789abcdef"),
            "scrypt-7": crypt.crypt(password, "$7$46..../....0123456789abcdef"),
            "passlib-scrypt": passlib.scrypt.using(salt=SALT, rounds=4, block_size=8, parallelism=1).hash(p),
            "kratos-scrypt": "$scrypt$ln=64,r=8,p=1$" + b64(SALT) + "$" + b64(hashlib.scrypt(p, salt=SALT, n=64, r=8, p=1, dklen=32)),
            "passlib-pbkdf2-sha1": passlib.pbkdf2_sha1.using(salt=SALT, rounds=10).hash(p),
            "passlib-pbkdf2-sha256": passlib.pbkdf2_sha256.using(salt=SALT, rounds=10).hash(p),
            "passlib-pbkdf2-sha512": passlib.pbkdf2_sha512.using(salt=SALT, rounds=10).hash(p),
            "kratos-pbkdf2": "$pbkdf2-sha256$i=10,l=32$" + b64(SALT).rstrip("=") + "$" + b64(hashlib.pbkdf2_hmac("sha256", p, SALT, 10)).rstrip("="),
            "phpass": passlib.phpass.using(salt="01234567", rounds=7).hash(p),
            "ldap-md5": passlib.ldap_md5.hash(p),
            "ldap-smd5": passlib.ldap_salted_md5.using(salt=b"0123").hash(p),
            "ldap-sha": passlib.ldap_sha1.hash(p),
            "ldap-ssha": passlib.ldap_salted_sha1.using(salt=b"0123").hash(p),
            "ldap-ssha256": passlib.ldap_salted_sha256.using(salt=b"01234567").hash(p),
            "ldap-ssha512": passlib.ldap_salted_sha512.using(salt=b"01234567").hash(p),
            "ldap-crypt": "{CRYPT}" + crypt.crypt(password, "$6$0123456789abcdef"),
            "dovecot-blf-crypt": "{BLF-CRYPT}" + bcrypt_string(p, "2y"),
            "dovecot-argon2id": "{ARGON2ID}" + argon2_string(p),
            "dovecot-argon2i": "{ARGON2I}" + argon2_string(p, argon2.Type.I),
            "django-pbkdf2-sha256": passlib.django_pbkdf2_sha256.using(salt="0123456789ab", rounds=10).hash(p),
            "django-pbkdf2-sha1": passlib.django_pbkdf2_sha1.using(salt="0123456789ab", rounds=10).hash(p),
            "django-argon2": "argon2" + argon2_string(p),
            "django-bcrypt": "bcrypt$" + bcrypt_string(p),
            "django-bcrypt-sha256": "bcrypt_sha256$" + bcrypt_string(hashlib.sha256(p).hexdigest().encode()),
            "django-scrypt": "scrypt$16$0123456789ab$8$1$" + b64(hashlib.scrypt(p, salt=b"0123456789ab", n=16, r=8, p=1, dklen=64)),
            "django-md5": passlib.django_salted_md5.using(salt="0123456789ab").hash(p),
            "django-sha1": passlib.django_salted_sha1.using(salt="0123456789ab").hash(p),
            "django-unsalted-sha1": "sha1$$" + hashlib.sha1(p).hexdigest(),
            "mysql41": passlib.mysql41.hash(p),
        }
        for scheme, string in made.items():
            yield {"scheme": scheme, "password": password, "stored": string}
    # Strings from before Argon2 named its version, and one whose output is short.
    yield {"scheme": "argon2i", "password": "dragon", "stored": argon2_string(b"dragon", argon2.Type.I, version=16).replace("$v=16", "")}
    yield {"scheme": "argon2id", "password": "dragon", "stored": argon2_string(b"dragon", length=16)}
    yield {"scheme": "bcrypt-2x", "password": "dragon", "stored": crypt.crypt("dragon", "$2x$04$abcdefghijklmnopqrstuu")}
    yield {"scheme": "bcrypt-2y", "password": "x" * 100, "stored": bcrypt_string(b"x" * 100, "2y")}


def mark(string, inner):
    return re.sub(r"^\$([a-z0-9-]+)\$", rf"$\1--{inner}$", string)


def long_text(text):
    return base64.b64encode(hashlib.sha384(text).digest()).rstrip(b"=")


INNER = {
    "md5(md5(pass))": "md5-md5", "md5(utf16le(pass))": "md5u16", "md5(sha1(pass))": "md5-sha1",
    "md5(md5(md5(pass)))": "md5-md5-md5", "md5(strtoupper(md5(pass)))": "md5-upper-md5", "sha1(sha1(pass))": "sha1-sha1",
    "sha1(md5(pass))": "sha1-md5", "sha1(utf16le(pass))": "sha1u16", "sha3_224": "sha3-224", "sha256(sha256(pass))": "sha256-sha256",
    "sha256(sha256_bin(pass))": "sha256d", "sha256(md5(pass))": "sha256-md5", "sha256(utf16le(pass))": "sha256u16",
    "sha3_256": "sha3-256", "keccak_256": "keccak256", "blake2s-256": "blake2s", "sha3_384": "sha3-384", "keccak_384": "keccak384",
    "sha512(utf16le(pass))": "sha512u16", "sha3_512": "sha3-512", "keccak_512": "keccak512", "blake2b-512": "blake2b",
}


def wrapped():
    """What a run stores, made without it: the legacy digest, then argon2-cffi or py-bcrypt over its hex, then the mark."""
    for scheme, digest in digests().items():
        inner = INNER.get(scheme, scheme)
        for password in CHEAP:
            text = digest(password.encode()).encode()
            yield {"inner": inner, "password": password, "stored": mark(argon2_string(text), inner)}
            if len(text) <= 71:
                yield {"inner": inner, "password": password, "stored": mark(bcrypt_string(text), inner)}
            else:
                yield {"inner": f"{inner}-b64s384", "password": password, "stored": mark(bcrypt_string(long_text(text)), f"{inner}-b64s384")}
    for password in ["x" * 72, "ä" * 50, "a\0b"]:
        yield {"inner": "sha384-b64", "password": password, "stored": mark(bcrypt_string(long_text(password.encode())), "sha384-b64")}
    for answer in [" Fluffy the  Cat", "STRASSE", "x" * 100]:
        text = answer1(answer).encode()
        yield {"inner": "answer1", "password": answer, "stored": mark(argon2_string(text), "answer1")}
        inner, text = ("answer1", text) if len(text) <= 71 else ("answer1-b64s384", long_text(text))
        yield {"inner": inner, "password": answer, "stored": mark(bcrypt_string(text), inner)}


# Unicode's White_Space; Python's own idea of space has four control characters more.
WHITE_SPACE = "[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+"


def answer1(answer):
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", answer).casefold())
    return re.sub(WHITE_SPACE, " ", folded).strip(" ")


def answers():
    for answer in [
        "Fluffy", " Fluffy  the\tCAT\n", "Straße", "STRASSE", "straẞe", "ΣΊΣΥΦΟΣ", "σίσυφος", "İstanbul", "ISTANBUL", "ıstanbul",
        "ﬁsh & ﬃ", "ｆｕｌｌ　ｗｉｄｔｈ", "e\u0301cole", "École", "Å", "\u212b", "½ cup", "²", "ſ", "ŉ", "ǰ", "ΐ", "ᾳ", "ᾼ", "Ა", "ꭰ", "Ꭰ", "Ⅷ", "ⓐ",
        "한글", "\u1112\u1161\u11ab", "\u0345\u0301", "a\u0345", "\u1f80", "\u00a0", "\u3000\u2028", "", "\x1c", "zero\u200bwidth", "\ufeffbom", "ﷺ", "🔑",
        "a\u0300\u0316", "a\u0316\u0300", "\u0130", "\u1e9e", "\u03f4", "\u2126", "\u00b5", "\u0149x", "\u01c5", "\ufb05", "\u1fb7",
    ]:
        yield {"answer": answer, "normal": answer1(answer)}


def digest_lines():
    for scheme, digest in digests().items():
        for password in ["", *PASSWORDS]:
            yield {"scheme": scheme, "password": password, "stored": digest(password.encode())}


FILES = {
    "digests": digest_lines,
    "native": native,
    "wrapped": wrapped,
    "answers": answers,
    "expressions": expressions.lines,
    "crypt": crypt3.lines,
    "frameworks": frameworks.lines,
    "applications": applications.lines,
    "systems": systems.lines,
    "modern": modern.lines,
    "forms": forms.lines,
    "unmarked": forms.unmarked,
    "words": words.lines,
}


def main():
    for name in sys.argv[1:] or FILES:
        write(f"{name}.jsonl", FILES[name]())


if __name__ == "__main__":
    main()
