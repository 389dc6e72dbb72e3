"""Strings of applications that spell another scheme in their own way, and digests that are not spelt in hex.

PHP, passlib, py-bcrypt and argon2-cffi make the hashes. What stands around them, and the plain digests by hashlib, is after the source that is
named at each: only the spelling is by hand.
"""

import base64
import hashlib
import hmac
import json

import bcrypt
from argon2 import low_level as argon2
from passlib import hash as passlib

from .common import FOREIGN, LATIN, PLAIN, SALT, THREE, b64, b64_bare, line, md5, md5_raw, sha1, sha1_raw, sha256, sha256_raw, sha512, sha512_raw
from .tools import php

SALT22 = "abcdefghijklmnopqrstuu"
FORMULA = "hashlib (formula)"
PHP = "PHP 8.2"
PASSWORDS = [*THREE, PLAIN]


def lines():
    yield from wraps()
    yield from marked()
    yield from repeated()
    yield from records()
    yield from braces()


def unmarked():
    """What nothing in the value names: digests in other spellings, salts beside them, and slow hashes over something else."""
    yield from spellings()
    yield from columns()
    yield from radius()
    yield from over()


def spellings():
    """The same digest in every spelling that applications store: PHP's base64_encode, .NET's BitConverter and Convert, MySQL's and PostgreSQL's literals."""
    raws = {"md5": md5_raw, "sha1": sha1_raw, "sha224": raw("sha224"), "sha256": sha256_raw, "sha384": raw("sha384"), "sha512": sha512_raw}
    for scheme, digest in raws.items():
        for password in PASSWORDS:
            made = digest(password)
            url = base64.urlsafe_b64encode(made).decode()
            pairs = [f"{byte:02X}" for byte in made]
            for stored in sorted({b64(made), b64_bare(made), url, url.rstrip("="), "0x" + made.hex(), "0x" + made.hex().upper(), "\\x" + made.hex(), "-".join(pairs), ":".join(pairs).lower()}):
                yield line(scheme, stored, password, FORMULA)
    for password in PASSWORDS:
        whole = md5(password).decode()
        yield line("md5", "-".join([whole[:8], whole[8:12], whole[12:16], whole[16:20], whole[20:]]), password, FORMULA)
        for begin, scheme in [(8, "cut(md5(pass),8,16)"), (0, "cut(md5(pass),0,16)"), (16, "cut(md5(pass),16,16)")]:
            yield line(scheme, whole[begin : begin + 16], password, FORMULA)
            yield line(scheme, whole[begin : begin + 16].upper(), password, FORMULA)
    # A salt on either side, with one character between.
    for password in PASSWORDS:
        for salt in [SALT, b"x-1"]:
            for separator in [b" ", b"$", b"|", b":", b"*"]:
                yield line("md5(pass.salt)", md5(password.encode() + salt) + separator + salt, password, FORMULA)
                yield line("sha1(salt.pass)", salt + separator + sha1(salt + password.encode()), password, FORMULA)


def raw(name):
    return lambda value: hashlib.new(name, value.encode() if isinstance(value, str) else value).digest()


def php_bcrypt(texts):
    """PHP's crypt over texts, in base64 because some are bytes."""
    script = "foreach ($in as $p) $out[] = crypt(base64_decode($p), '$2y$04$" + SALT22 + "');"
    return php(script, [b64(text) for text in texts])


def argon2_string(password, kind=argon2.Type.ID):
    return argon2.hash_secret(password.encode(), b"0123456789abcdef", 1, 64, 1, 16, kind).decode()


def wraps():
    plain = [password.encode() for password in PASSWORDS]
    for password, native in zip(PASSWORDS, php_bcrypt(plain), strict=True):
        # lib/private/Security/Hasher.php of nextcloud/server.
        yield line("nextcloud", "1|" + native, password, PHP)
        # MediaWiki's BcryptPassword.php takes PHP's string apart.
        yield line("mediawiki-bcrypt", f":bcrypt:4${native[7:29]}${native[29:]}", password, PHP)
        # modules/encryption/enc_bcrypt.cpp of anope/anope.
        yield line("anope-bcrypt", "bcrypt:" + native.replace("$2y$", "$2a$"), password, PHP)
        yield line("typo3-c", "C" + native, password, PHP)
        # HudsonPrivateSecurityRealm.java of jenkinsci/jenkins.
        yield line("jenkins-bcrypt", "#jbcrypt:" + native.replace("$2y$", "$2a$"), password, PHP)
    for password in PASSWORDS:
        yield line("nextcloud", "2|" + argon2_string(password, argon2.Type.I), password, "argon2-cffi")
        yield line("nextcloud", "3|" + argon2_string(password), password, "argon2-cffi")
        yield line("mediawiki-argon2", ":argon2:" + argon2_string(password), password, "argon2-cffi")
        yield line("typo3-md5", "M" + passlib.phpass.using(salt=SALT.decode(), rounds=7).hash(md5(password)), password, "passlib 1.7")
        yield line("typo3-md5", "M" + passlib.md5_crypt.using(salt=SALT.decode()).hash(md5(password)), password, "passlib 1.7")
    # scripts/zmupdate.pl.in and web/includes/auth.php of ZoneMinder/zoneminder.
    mysql = ["*" + sha1(sha1_raw(password)).decode().upper() for password in PASSWORDS]
    for password, native in zip(PASSWORDS, php_bcrypt([text.encode() for text in mysql]), strict=True):
        yield line("zoneminder", "-ZM-" + native, password, PHP)
    for password in PASSWORDS:
        # Kernel/System/Auth/DB.pm of znuny/Znuny: the salt's sixteen characters are its bytes.
        salt = "aB3dE6gHaB3dE6gH"
        made = bcrypt.hashpw(password.encode()[:72], b"$2b$04$" + bcrypt_digits(salt.encode())).decode()
        yield line("otrs-bcrypt", f"BCRYPT:4:{salt}:{made[29:]}", password[:72] if len(password.encode()) > 72 else password, "py-bcrypt")
        # lib/RT/User.pm of bestpractical/rt. py-bcrypt takes no NUL and PHP's crypt ends at one, so these are passwords whose SHA-512 has none.
        if b"\0" not in sha512_raw(password):
            made = bcrypt.hashpw(sha512_raw(password), b"$2b$04$" + SALT22.encode()).decode()
            yield line("rt-bcrypt", f"!bcrypt!04!{made[7:]}", password, "py-bcrypt")


def bcrypt_digits(salt):
    from passlib.utils.binary import bcrypt64

    return bcrypt64.encode_bytes(salt)


def marked():
    for password in [*PASSWORDS, LATIN]:
        plain = password.encode()
        # classes/UserHelper.php of tt-rss/tt-rss.
        yield line("ttrss-sha1", b"SHA1:" + sha1(plain), password, FORMULA)
        yield line("ttrss-sha1x", b"SHA1X:" + sha1(b"fred:" + plain), password, FORMULA, username="fred")
        yield line("ttrss-mode2", b"MODE2:" + sha256(SALT + plain), password, FORMULA, salt=SALT)
        yield line("ttrss-mode2", b"SSHA-256:" + sha256(SALT + plain), password, FORMULA, salt=SALT)
        yield line("ttrss-ssha512", b"SSHA-512:" + sha512(SALT + plain), password, FORMULA, salt=SALT)
        # inc/AWLUtilities.php of AWL, DAViCal's library.
        yield line("davical-md5", b"*" + SALT + b"*" + md5(SALT + plain), password, FORMULA)
        yield line("davical-ssha", b"*" + SALT + b"*{SSHA}" + b64(sha1_raw(plain + SALT) + SALT).encode(), password, FORMULA)
        # Bugzilla/Util.pm of bugzilla/bugzilla.
        for comma in [",", ""]:
            yield line("bugzilla", f"aB3dE6gH{comma}{b64_bare(sha256_raw(plain + b'aB3dE6gH'))}{{SHA-256}}", password, FORMULA)
        yield line("rt-sha512", f"!sha512!aB3dE6gHiJ!{b64_bare(sha512_raw(b'aB3dE6gHiJ' + plain))}", password, FORMULA)
        yield line("anope-md5", b"md5:" + md5(plain), password, FORMULA)
        yield line("anope-sha1", b"sha1:" + sha1(plain), password, FORMULA)
        key = bytes(range(200, 232))
        for name in ["sha256", "sha512"]:
            yield line("anope-hmac", f"hmac-{name}:{hmac.new(key, plain, name).hexdigest()}:{key.hex()}", password, FORMULA)
        # authlib of Courier.
        yield line("courier-md5raw", b"{MD5RAW}" + md5(plain), password, FORMULA)
        yield line("courier-md5raw", b"{md5raw}" + md5(plain), password, FORMULA)


def serialised(fields):
    return php("$out = serialize($in);", fields)


def repeated():
    for password in [*PASSWORDS, LATIN]:
        plain = password.encode()
        # PasswordStorage of defuse/password-hashing: the first version gave the salt's base64 to PBKDF2, the second its bytes.
        salt = b64(bytes(range(24)))
        for name in ["sha1", "sha256"]:
            yield line("defuse-pbkdf2", f"{name}:10:{salt}:{b64(hashlib.pbkdf2_hmac(name, plain, salt.encode(), 10, 24))}", password, FORMULA)
        yield line("colon-pbkdf2", f"sha1:20:18:{salt}:{b64(hashlib.pbkdf2_hmac('sha1', plain, bytes(range(24)), 20, 18))}", password, FORMULA)
        # SimpleHash of apache/shiro.
        for name, of_hashlib in [("SHA-256", "sha256"), ("SHA-512", "sha512"), ("MD5", "md5")]:
            digest = hashlib.new(of_hashlib, bytes(range(16)) + plain).digest()
            for _ in range(1, 7):
                digest = hashlib.new(of_hashlib, digest).digest()
            yield line("shiro1", f"$shiro1${name}$7${b64(bytes(range(16)))}${b64(digest)}", password, FORMULA)


def columns():
    for password in [*PASSWORDS, LATIN]:
        plain = password.encode()
        # Spring's and Symfony's braces; ASP.NET's membership.
        for name in ["md5", "sha1", "sha256"]:
            yield line(f"{name}(pass.'{{'.salt.'}}')", hashlib.new(name, plain + b"{" + SALT + b"}").hexdigest(), password, FORMULA, salt=SALT)
        for name in ["sha1", "sha256"]:
            made = hashlib.new(name, bytes(range(16)) + password.encode("utf-16-le")).digest()
            yield line(f"{name}(unbase64(salt).utf16le(pass))", b64(made), password, FORMULA, salt=b64(bytes(range(16))))


def records():
    # Serialised and encoded by PHP itself, as XenForo has both; json_encode escapes the slashes of a hash.
    natives = php_bcrypt([password.encode() for password in PASSWORDS])
    for password, native in zip(PASSWORDS, natives, strict=True):
        plain = password.encode()
        for scheme, function, digest in [("xenforo-sha256", "sha256", sha256), ("xenforo-sha1", "sha1", sha1)]:
            fields = {"hash": digest(digest(plain) + SALT).decode(), "salt": SALT.decode(), "hashFunc": function}
            yield line(scheme, serialised(fields), password, PHP)
            yield line(scheme, php("$out = json_encode($in);", fields), password, PHP)
        for hash_ in [native.replace("$2y$", "$2a$"), passlib.phpass.using(salt=SALT.decode(), rounds=7).hash(password)]:
            yield line("xenforo12", serialised({"hash": hash_}), password, PHP)
            yield line("xenforo12", php("$out = json_encode($in);", {"hash": hash_}), password, PHP)
    # PasswordCredentialModel.java of keycloak/keycloak.
    salt = bytes(range(16))
    for password in PASSWORDS:
        plain = password.encode()
        for algorithm, name, length, rounds in [("pbkdf2-sha256", "sha256", 64, 100), ("pbkdf2-sha512", "sha512", 64, 10), ("pbkdf2", "sha1", 64, 10)]:
            made = hashlib.pbkdf2_hmac(name, plain, salt, rounds, length)
            yield from keycloak(password, made, salt, {"hashIterations": rounds, "algorithm": algorithm, "additionalParameters": {}}, FORMULA)
        made = argon2.hash_secret_raw(plain, salt, 2, 64, 1, 32, argon2.Type.ID)
        parameters = {"hashLength": ["32"], "memory": ["64"], "type": ["id"], "version": ["1.3"], "parallelism": ["1"]}
        yield from keycloak(password, made, salt, {"hashIterations": 2, "algorithm": "argon2", "additionalParameters": parameters}, "argon2-cffi")


def keycloak(password, made, salt, how, by):
    secret = {"value": b64(made), "salt": b64(salt), "additionalParameters": {}}
    compact = lambda value: json.dumps(value, separators=(",", ":"))
    whole = {"id": "aB3dE6gH", "type": "password", "createdDate": 1700000000000, "secretData": compact(secret), "credentialData": compact(how)}
    yield line("keycloak", json.dumps(whole), password, by)
    yield line("keycloak-secret-data", compact(secret), password, by, salt=compact(how))


def braces():
    sha512_crypt = passlib.sha512_crypt.using(salt=SALT.decode(), rounds=5000)
    for password in PASSWORDS:
        plain = password.encode()
        made = sha512_crypt.hash(password)
        for text in [b64(made.encode()), b64_bare(made.encode())]:
            yield line("dovecot-sha512crypt", "{SHA512-CRYPT.B64}" + text, password, "passlib 1.7")
        yield line("dovecot-sha512crypt", "{SHA512-CRYPT.HEX}" + made.encode().hex(), password, "passlib 1.7")
        yield line("dovecot-md5crypt", "{MD5-CRYPT.HEX}" + passlib.md5_crypt.using(salt="ab").hash(password).encode().hex(), password, "passlib 1.7")
        yield line("dovecot-argon2id", "{ARGON2ID.B64}" + b64(argon2_string(password).encode()), password, "argon2-cffi")
        yield line("dovecot-sha1", "{SHA1.HEX}" + sha1_raw(plain).hex(), password, FORMULA)
        yield line("ldap-ssha512", "{SSHA512.HEX}" + (sha512_raw(plain + SALT) + SALT).hex(), password, FORMULA)
        pbkdf2 = "$1$aB3dE6gH$10$" + hashlib.pbkdf2_hmac("sha1", plain, b"aB3dE6gH", 10).hex()
        yield line("dovecot-pbkdf2", "{PBKDF2.B64}" + b64(pbkdf2.encode()), password, FORMULA)
        yield line("dovecot-plain", "{PLAIN.B64}" + b64(plain), password, FORMULA)
        yield line("dovecot-plain", "{CLEARTEXT.HEX}" + plain.hex(), password, FORMULA)
        yield line("dovecot-plain", "{plaintext}" + password, password, FORMULA)
        # MoinMoin keeps other people's strings behind names of its own (MoinMoin/auth of moinwiki/moin-1.9).
        yield line("moin", "{PASSLIB}" + made, password, "passlib 1.7")
        yield line("moin", "{APR1}" + passlib.apr_md5_crypt.using(salt=SALT.decode()).hash(password), password, "passlib 1.7")
        yield line("moin-des", "{DES}" + passlib.des_crypt.using(salt="ab").hash(password[:8]), password[:8], "passlib 1.7")
        # Zope's AuthEncoding, and Roundup's password.py.
        yield line("dovecot-blf-crypt", "{BCRYPT}" + php_bcrypt([plain])[0], password, PHP)
        pbkdf2 = passlib.ldap_pbkdf2_sha512.using(salt=SALT, rounds=10).hash(password)
        yield line("roundup-pbkdf2s5", pbkdf2.replace("{PBKDF2-SHA512}", "{PBKDF2S5}"), password, "passlib 1.7")


def radius():
    """Salted digests as rlm_pap reads them from an attribute's value, without LDAP's mark."""
    digests = {"smd5": "md5", "ssha": "sha1", "ssha224": "sha224", "ssha256": "sha256", "ssha384": "sha384", "ssha512": "sha512"}
    for password in [*PASSWORDS, LATIN]:
        for name, function in digests.items():
            whole = hashlib.new(function, password.encode() + SALT).digest() + SALT
            for stored in [b64(whole), whole.hex()]:
                yield line(f"freeradius-{name}", stored, password, FORMULA)


def over():
    """bcrypt, phpass and Argon2 over something else than the password, which the application adds to it or makes of it."""
    for password in [*THREE[:2], PLAIN, FOREIGN[::-1]]:
        plain = password.encode()
        texts = {
            "bcrypt(md5(salt.pass))": md5(SALT + plain),
            "bcrypt(pass.salt)": plain + SALT,
            "bcrypt(sha256(pass.'pepper'))": sha256(plain + b"pepper"),
            # Sources/Subs-Auth.php of SimpleMachines/SMF 2.1.
            "bcrypt(lower(username).pass)": b"fred" + plain,
            "bcrypt(base64(sha384_bin(pass)))": b64(hashlib.sha384(plain).digest()).encode(),
        }
        for (scheme, _), native in zip(texts.items(), php_bcrypt(list(texts.values())), strict=True):
            yield line(scheme, native, password, PHP, **({"username": "Fred"} if "username" in scheme else {"salt": SALT} if "salt" in scheme else {}))
        for scheme, text in {"phpass(md5(pass))": md5(plain), "phpass(sha1(salt.pass))": sha1(SALT + plain)}.items():
            for prefix in ["$P$", "$H$"]:
                made = passlib.phpass.using(salt=SALT.decode(), rounds=7, ident=prefix).hash(text)
                yield line(scheme, made, password, "passlib 1.7", **({"salt": SALT} if "salt" in scheme else {}))
        yield line("argon2(sha1(pass))", argon2_string(sha1(plain).decode()), password, "argon2-cffi")
        yield line("md5crypt(md5(pass))", passlib.md5_crypt.using(salt=SALT.decode()).hash(md5(plain)), password, "passlib 1.7")
        yield line("sha512crypt(md5(pass))", passlib.sha512_crypt.using(salt=SALT.decode(), rounds=5000).hash(md5(plain)), password, "passlib 1.7")
