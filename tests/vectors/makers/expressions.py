"""The composed digests: every name says its own formula, written here by hand in Python over hashlib, hmac and PyCryptodome.

In a name every digest is lowercase hex unless it ends in `_bin`; a full stop joins; `utf16le` is what it says. Four lines a formula:
the empty, the foreign and the long password, with a salt of letters and one of odd bytes.
"""

import hmac

import bcrypt
from Crypto.Hash import MD4, keccak

from .common import EMPTY, FOREIGN, LATIN, LONG, ODD, PLAIN, SALT, b64, data, hexed, line, md5, md5_raw, sha1, sha1_raw, sha256, sha256_raw, sha384, sha512, sha512_raw, wide

HASHLIB = "hashlib (formula)"
SECOND = b"Zz9:"

blake2b, sha224, sha3_256 = hexed("blake2b512"), hexed("sha224"), hexed("sha3_256")


def mac(name, key, message):
    return hmac.new(data(key), data(message), name).hexdigest()


# p is the password, s the salt.
SALTED = {
    "md5(pass.salt)": lambda p, s: md5(p + s),
    "md5(salt.pass)": lambda p, s: md5(s + p),
    "md5(salt.pass.salt)": lambda p, s: md5(s + p + s),
    "md5(md5(pass).salt)": lambda p, s: md5(md5(p) + s),
    "md5(salt.md5(pass))": lambda p, s: md5(s + md5(p)),
    "md5(md5(pass).md5(salt))": lambda p, s: md5(md5(p) + md5(s)),
    "md5(md5(salt).md5(pass))": lambda p, s: md5(md5(s) + md5(p)),
    "md5(md5(salt).md5(md5(pass)))": lambda p, s: md5(md5(s) + md5(md5(p))),
    "md5(md5(md5(pass)).salt)": lambda p, s: md5(md5(md5(p)) + s),
    "md5(salt.md5(pass.salt))": lambda p, s: md5(s + md5(p + s)),
    "md5(salt.md5(salt.pass))": lambda p, s: md5(s + md5(s + p)),
    "md5(salt.sha1(salt.pass))": lambda p, s: md5(s + sha1(s + p)),
    "md5(sha1(pass).salt)": lambda p, s: md5(sha1(p) + s),
    "md5(sha1(pass.salt))": lambda p, s: md5(sha1(p + s)),
    "md5(sha1(salt.pass))": lambda p, s: md5(sha1(s + p)),
    "md5(sha1(salt).md5(pass))": lambda p, s: md5(sha1(s) + md5(p)),
    "md5(utf16le(pass).salt)": lambda p, s: md5(wide(p) + s),
    "md5(salt.utf16le(pass))": lambda p, s: md5(s + wide(p)),
    "sha1(pass.salt)": lambda p, s: sha1(p + s),
    "sha1(salt.pass)": lambda p, s: sha1(s + p),
    "sha1(salt.pass.salt)": lambda p, s: sha1(s + p + s),
    "sha1(salt.sha1(pass))": lambda p, s: sha1(s + sha1(p)),
    "sha1(sha1(pass).salt)": lambda p, s: sha1(sha1(p) + s),
    "sha1(salt.sha1(pass.salt))": lambda p, s: sha1(s + sha1(p + s)),
    "sha1(sha1(salt.pass.salt))": lambda p, s: sha1(sha1(s + p + s)),
    "sha1(md5(pass).salt)": lambda p, s: sha1(md5(p) + s),
    "sha1(md5(pass.salt))": lambda p, s: sha1(md5(p + s)),
    "sha1(utf16le(pass).salt)": lambda p, s: sha1(wide(p) + s),
    "sha1(salt.utf16le(pass))": lambda p, s: sha1(s + wide(p)),
    "sha256(pass.salt)": lambda p, s: sha256(p + s),
    "sha256(salt.pass)": lambda p, s: sha256(s + p),
    "sha256(salt.pass.salt)": lambda p, s: sha256(s + p + s),
    "sha256(sha256(pass).salt)": lambda p, s: sha256(sha256(p) + s),
    "sha256(salt.sha256(pass))": lambda p, s: sha256(s + sha256(p)),
    "sha256(salt.sha256_bin(pass))": lambda p, s: sha256(s + sha256_raw(p)),
    "sha256(utf16le(pass).salt)": lambda p, s: sha256(wide(p) + s),
    "sha256(salt.utf16le(pass))": lambda p, s: sha256(s + wide(p)),
    "sha384(pass.salt)": lambda p, s: sha384(p + s),
    "sha384(salt.pass)": lambda p, s: sha384(s + p),
    "sha512(pass.salt)": lambda p, s: sha512(p + s),
    "sha512(salt.pass)": lambda p, s: sha512(s + p),
    "sha512(utf16le(pass).salt)": lambda p, s: sha512(wide(p) + s),
    "blake2b-512(pass.salt)": lambda p, s: blake2b(p + s),
    "blake2b-512(salt.pass)": lambda p, s: blake2b(s + p),
    "hmac-md5(key=pass)": lambda p, s: mac("md5", p, s),
    "hmac-md5(key=salt)": lambda p, s: mac("md5", s, p),
    "hmac-sha1(key=pass)": lambda p, s: mac("sha1", p, s),
    "hmac-sha1(key=salt)": lambda p, s: mac("sha1", s, p),
    "hmac-sha256(key=pass)": lambda p, s: mac("sha256", p, s),
    "hmac-sha256(key=salt)": lambda p, s: mac("sha256", s, p),
    "hmac-sha512(key=pass)": lambda p, s: mac("sha512", p, s),
    "hmac-sha512(key=salt)": lambda p, s: mac("sha512", s, p),
    # No rows of the table of their own, or none yet: what a user may write for a column.
    "md5(salt.md5(pass).salt)": lambda p, s: md5(s + md5(p) + s),
    "md5(md5(pass.salt))": lambda p, s: md5(md5(p + s)),
    "md5(md5(salt.pass))": lambda p, s: md5(md5(s + p)),
    "md5(md5(salt).pass)": lambda p, s: md5(md5(s) + p),
    "md5(sha256(pass).salt)": lambda p, s: md5(sha256(p) + s),
    "md5(md5_bin(pass).salt)": lambda p, s: md5(md5_raw(p) + s),
    "sha1(md5(salt.pass))": lambda p, s: sha1(md5(s + p)),
    "sha1(salt.md5(pass))": lambda p, s: sha1(s + md5(p)),
    "sha1(sha1_bin(pass).salt)": lambda p, s: sha1(sha1_raw(p) + s),
    "sha1(sha1(pass.salt))": lambda p, s: sha1(sha1(p + s)),
    "sha1(sha1(sha1(pass)).salt)": lambda p, s: sha1(sha1(sha1(p)) + s),
    "sha224(pass.salt)": lambda p, s: sha224(p + s),
    "sha256(sha1(pass).salt)": lambda p, s: sha256(sha1(p) + s),
    "sha256(md5(pass).salt)": lambda p, s: sha256(md5(p) + s),
    "sha256(sha256_bin(pass).salt)": lambda p, s: sha256(sha256_raw(p) + s),
    "sha256(sha256(pass.salt))": lambda p, s: sha256(sha256(p + s)),
    "sha3_256(salt.pass)": lambda p, s: sha3_256(s + p),
    "sha384(utf16le(pass).salt)": lambda p, s: sha384(wide(p) + s),
    "sha512(salt.utf16le(pass))": lambda p, s: sha512(s + wide(p)),
    "sha512(sha512_bin(pass).salt)": lambda p, s: sha512(sha512_raw(p) + s),
    "sha512(sha512(pass).salt)": lambda p, s: sha512(sha512(p) + s),
    "md4(salt.pass)": lambda p, s: MD4.new(s + p).hexdigest(),
}

UNSALTED = {
    "keccak_224": lambda p: keccak.new(digest_bits=224, data=p).hexdigest(),
    "sm3": hexed("sm3"),
    "sha1(md5(md5(pass)))": lambda p: sha1(md5(md5(p))),
    "md5(sha1(pass).md5(pass).sha1(pass))": lambda p: md5(sha1(p) + md5(p) + sha1(p)),
    "sha1(sha1(sha1(pass)))": lambda p: sha1(sha1(sha1(p))),
    "sha1(sha1_bin(pass))": lambda p: sha1(sha1_raw(p)),
    "md5(md5_bin(pass))": lambda p: md5(md5_raw(p)),
    "md5(sha256(pass))": lambda p: md5(sha256(p)),
    "md5(pass.md5(pass))": lambda p: md5(p + md5(p)),
    "sha1(sha256(pass))": lambda p: sha1(sha256(p)),
    "sha256(sha1(pass))": lambda p: sha256(sha1(p)),
    "sha256(sha512(pass))": lambda p: sha256(sha512(p)),
    "sha512(md5(pass))": lambda p: sha512(md5(p)),
    "sha512(sha1(pass))": lambda p: sha512(sha1(p)),
    "sha512(sha512(pass))": lambda p: sha512(sha512(p)),
    "sha384(utf16le(pass))": lambda p: sha384(wide(p)),
}


def lines():
    for scheme, formula in UNSALTED.items():
        for password in [EMPTY, FOREIGN, LONG]:
            yield line(scheme, formula(password.encode()), password, "PyCryptodome" if scheme.startswith("keccak") else HASHLIB)
    for scheme, formula in SALTED.items():
        by = "PyCryptodome" if scheme.startswith("md4") else HASHLIB
        for password, salt in [(EMPTY, SALT), (FOREIGN, SALT), (LONG, SALT), (PLAIN, ODD)]:
            yield line(scheme, formula(password.encode(), salt), password, by, salt=salt)
        # An empty salt, for the first of each kind.
        if scheme.endswith("(pass.salt)"):
            yield line(scheme, formula(PLAIN.encode(), b""), PLAIN, by, salt="")
    # Two salts; the table's own name numbers them.
    for password, first, second in [(EMPTY, SALT, SECOND), (FOREIGN, SALT, SECOND), (LONG, SALT, SECOND), (PLAIN, ODD, SECOND)]:
        yield line("sha1(salt1.pass.salt2)", sha1(first + password.encode() + second), password, HASHLIB, salt=first, salt2=second)
    # Latin-1 and UTF-8 spell this password differently: what was hashed by an old page is the former.
    for scheme, digest in {"md5": md5, "sha1": sha1}.items():
        yield line(scheme, digest(LATIN.encode("latin-1")), LATIN.encode("latin-1"), HASHLIB)
    yield from in_the_language()
    yield from through_bcrypt()


def in_the_language():
    """What has no name of its own anywhere: literals, names, other texts of a digest, repetition."""
    user = "Fred.Müller"
    low = user.lower().encode()
    named = {
        "sha1(lower(username).pass)": lambda p, s: sha1(low + p),
        "md5(pass.username)": lambda p, s: md5(p + user.encode()),
        "md5(username.':'.pass)": lambda p, s: md5(user.encode() + b":" + p),
        "sha256(lower(username).salt.pass)": lambda p, s: sha256(low + s + p),
    }
    for scheme, formula in named.items():
        for password in [EMPTY, FOREIGN, LONG]:
            salt = SALT if "salt" in scheme else None
            yield line(scheme, formula(password.encode(), SALT), password, HASHLIB, salt=salt, username=user)
    for password in [EMPTY, FOREIGN, LONG]:
        yield line("md5(userid.'-'.pass)", md5(b"4711-" + password.encode()), password, HASHLIB, user_id="4711")
        yield line("sha256(salt2.sha256(salt1.pass))", sha256(SECOND + sha256(SALT + password.encode())), password, HASHLIB, salt=SALT, salt2=SECOND)
    # The same digests in capitals.
    for scheme, digest in {"md5": md5, "sha1": sha1, "sha256": sha256, "sha512": sha512}.items():
        yield line(scheme, digest(FOREIGN).upper(), FOREIGN, HASHLIB)
    yield line("md5(pass.salt)", md5(FOREIGN.encode() + SALT).upper(), FOREIGN, HASHLIB, salt=SALT)
    free = {
        "md5(pass.'It''s')": lambda p, s: md5(p + b"It's"),
        "upper(md5(pass))": lambda p, s: md5(p).upper(),
        "base64(sha1_bin(pass))": lambda p, s: b64(sha1_raw(p)),
        "base64(sha256_bin(salt.pass))": lambda p, s: b64(sha256_raw(s + p)),
        "cut(md5(pass),8,16)": lambda p, s: md5(p)[8:24],
        "sha1(salt.upper(sha1(pass)))": lambda p, s: sha1(s + sha1(p).upper()),
        "md5(salt.base64(md5_bin(pass)))": lambda p, s: md5(s + b64(md5_raw(p)).encode()),
        "hmac-sha256(key='pepper',pass.salt)": lambda p, s: mac("sha256", b"pepper", p + s),
        "hmac-sha1(key=salt,md5(pass))": lambda p, s: mac("sha1", s, md5(p)),
        "repeat(1000,md5(it),md5(pass))": lambda p, s: repeated(lambda it: md5(it), 1000, md5(p)),
        "repeat(9,sha1(it.salt),sha1(salt.pass))": lambda p, s: repeated(lambda it: sha1(it + s), 9, sha1(s + p)),
        "hex(repeat(9,sha512_bin(it.pass),sha512_bin(salt.pass)))": lambda p, s: repeated(lambda it: sha512_raw(it + p), 9, sha512_raw(s + p)).hex(),
    }
    for scheme, formula in free.items():
        for password in [EMPTY, FOREIGN, LONG]:
            yield line(scheme, formula(password.encode(), SALT), password, HASHLIB, salt=SALT if "salt" in scheme else None)


def repeated(step, times, value):
    for _ in range(times):
        value = step(value)
    return value


def through_bcrypt():
    """bcrypt over another digest's text: the string shows plain bcrypt, so the column has to say so. bcrypt reads 72 bytes."""
    by = "py-bcrypt over hashlib"
    for password in [EMPTY, FOREIGN, LONG]:
        p = password.encode()
        for number, (name, digest) in enumerate({"md5": md5, "sha1": sha1, "sha512": sha512}.items()):
            setting = f"$2{'bay'[number]}$04$".encode() + b"abcdefghijklmnopqrstuu"
            yield line(f"bcrypt({name}(pass))", bcrypt.hashpw(digest(p)[:72], setting), password, by)
        # WoltLab's double: both with the same salt (DoubleBcrypt.class.php of WoltLab/WCF).
        setting = b"$2a$04$abcdefghijklmnopqrstuu"
        yield line("bcrypt(bcrypt(pass))", bcrypt.hashpw(bcrypt.hashpw(p[:72], setting), setting), password, by)
