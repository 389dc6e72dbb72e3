"""One example for each function and word of an expression, for docs/expressions.md.

Each has the same inputs, which the page says. PHP's hash() makes the digests, PyCryptodome and OpenSSL (by hashlib) what PHP lacks.
"""

import base64
import hashlib
import hmac

from argon2 import low_level as argon2
from Crypto.Hash import keccak
from passlib import hash as passlib

from .tools import php

PASS, SALT, SALT2, NAME, ID = b"Tr0ub4dor", b"aB3d", b"Zz9", b"Fred", b"42"
SITE = b"S1te-wide"
SALT22 = "abcdefghijklmnopqrstuu"

# The expression's names of PHP's hash functions.
OF_PHP = {
    "md4": "md4", "md5": "md5", "sha1": "sha1", "sha224": "sha224", "sha256": "sha256", "sha384": "sha384", "sha512": "sha512", "sha3_224": "sha3-224",
    "sha3_256": "sha3-256", "sha3_384": "sha3-384", "sha3_512": "sha3-512", "ripemd160": "ripemd160", "whirlpool": "whirlpool",
}


def lines():
    made = php("foreach ($in as $name) $out[$name] = hash($name, 'Tr0ub4dor');", list(OF_PHP.values()))
    for name, of_php in OF_PHP.items():
        yield row(name, f"{name}(pass)", made[of_php], "PHP 8.2")
    for bits in [224, 256, 384, 512]:
        yield row(f"keccak_{bits}", f"keccak_{bits}(pass)", keccak.new(digest_bits=bits, data=PASS).hexdigest(), "PyCryptodome")
    for name, of_hashlib in [("blake2b-512", "blake2b"), ("blake2s-256", "blake2s"), ("sm3", "sm3")]:
        yield row(name, f"{name}(pass)", hashlib.new(of_hashlib, PASS).hexdigest(), "hashlib")
    md5 = lambda value: hashlib.md5(value).hexdigest()
    sha1_raw = lambda value: hashlib.sha1(value).digest()
    by = "hashlib"
    yield row("_bin", "sha1(sha1_bin(pass))", hashlib.sha1(sha1_raw(PASS)).hexdigest(), by)
    yield row("hmac-", "hmac-sha256(key=salt)", hmac.new(SALT, PASS, "sha256").hexdigest(), by)
    yield row("hmac-", "hmac-md5(key=lower(username),pass)", hmac.new(b"fred", PASS, "md5").hexdigest(), by)
    yield row("pass", "md5(pass)", md5(PASS), by)
    yield row("salt", "md5(salt.pass)", md5(SALT + PASS), by)
    yield row("salt1", "sha1(salt1.pass.salt2)", hashlib.sha1(SALT + PASS + SALT2).hexdigest(), by)
    yield row("salt2", "md5(pass.salt2)", md5(PASS + SALT2), by)
    yield row("username", "md5(pass.username)", md5(PASS + NAME), by)
    yield row("userid", "md5(userid.pass)", md5(ID + PASS), by)
    yield row("site", "md5(site.pass)", md5(SITE + PASS), by)
    yield row("site", "hmac-sha1(key=site1,pass.salt)", hmac.new(SITE, PASS + SALT, "sha1").hexdigest(), by)
    yield row("it", "repeat(3,md5(it.salt),pass)", md5(md5(md5(PASS + SALT).encode() + SALT).encode() + SALT), by)
    yield row("'text'", "md5('it''s-'.pass)", md5(b"it's-" + PASS), by)
    yield row(".", "md5(md5(pass).salt)", md5(md5(PASS).encode() + SALT), by)
    yield row("utf16le", "sha1(utf16le(pass))", hashlib.sha1(PASS.decode().encode("utf-16-le")).hexdigest(), by)
    yield row("utf16be", "sha1(utf16be(pass))", hashlib.sha1(PASS.decode().encode("utf-16-be")).hexdigest(), by)
    yield row("strtoupper", "md5(strtoupper(md5(pass)))", md5(md5(PASS).upper().encode()), by)
    yield row("upper", "md5(upper(pass))", md5(PASS.upper()), by)
    yield row("lower", "md5(lower(username).pass)", md5(NAME.lower() + PASS), by)
    yield row("strtolower", "md5(strtolower(pass))", md5(PASS.lower()), by)
    yield row("hex", "md5(hex(pass))", md5(PASS.hex().encode()), by)
    yield row("unhex", "md5(unhex(md5(pass)))", md5(hashlib.md5(PASS).digest()), by)
    yield row("base64", "base64(sha1_bin(pass))", base64.b64encode(sha1_raw(PASS)).decode(), by)
    yield row("unbase64", "md5(unbase64(base64(pass)))", md5(PASS), by)
    yield row("cut", "cut(md5(pass),8,16)", md5(PASS)[8:24], by)
    yield row("repeat", "repeat(1000,sha256(it.salt),pass)", repeated(1000), by)
    text = (md5(SALT + PASS)).encode()
    bcrypt = php("$out = crypt($in, '$2y$04$" + SALT22 + "');", text.decode())
    yield row("bcrypt", "bcrypt(md5(salt.pass))", bcrypt, "PHP 8.2")
    yield row("phpass", "phpass(md5(pass))", passlib.phpass.using(salt="aB3dE6gH", rounds=7).hash(md5(PASS)), "passlib 1.7")
    yield row("drupal7", "drupal7(md5(pass))", drupal7(md5(PASS).encode()), "hashlib")
    yield row("argon2", "argon2(sha1(pass))", argon2.hash_secret(hashlib.sha1(PASS).hexdigest().encode(), b"0123456789abcdef", 1, 64, 1, 16, argon2.Type.ID).decode(), "argon2-cffi")
    yield row("md5crypt", "md5crypt(md5(pass))", passlib.md5_crypt.using(salt="aB3dE6gH").hash(md5(PASS)), "passlib 1.7")
    yield row("sha256crypt", "sha256crypt(md5(pass))", passlib.sha256_crypt.using(salt="aB3dE6gH", rounds=1000).hash(md5(PASS)), "passlib 1.7")
    yield row("sha512crypt", "sha512crypt(pass.'pepper')", passlib.sha512_crypt.using(salt="aB3dE6gH", rounds=1000).hash(PASS + b"pepper"), "passlib 1.7")


def repeated(times):
    last = PASS
    for _ in range(times):
        last = hashlib.sha256(last + SALT).hexdigest().encode()
    return last.decode()


def drupal7(text):
    """includes/password.inc of Drupal 7: phpass' loop over SHA-512, 55 characters of the whole."""
    from passlib.utils.binary import h64

    digest = hashlib.sha512(b"aB3dE6gH" + text).digest()
    for _ in range(2**7):
        digest = hashlib.sha512(digest + text).digest()
    return ("$S$5aB3dE6gH" + h64.encode_bytes(digest).decode())[:55]


def row(word, example, made, by):
    return {"word": word, "example": example, "made": made, "by": by}
