"""The strings of web frameworks, directories and mail servers: Django, Werkzeug, phpass and its children, LDAP, Dovecot, ASP.NET, passlib.

Django's, Werkzeug's, Symfony's, WordPress' and DokuWiki's own code makes its strings. Salted LDAP and Dovecot strings are passlib's or
hashlib's, because doveadm and slappasswd take no salt; each one that Dovecot knows is put to `doveadm pw -t`, which must accept it. What
Dovecot makes without a salt is doveadm's.
"""

import base64
import hashlib
import hmac
import struct

import django
from argon2 import low_level as argon2
from django.conf import settings
from passlib import hash as passlib

from .common import FOREIGN, PLAIN, SALT, THREE, b64, line, md5
from .tools import crypt, node, php, run

SALT16 = b"0123456789abcdef"
PASSLIB = "passlib 1.7"
SALT22 = "abcdefghijklmnopqrstuu"


def lines():
    yield from djangos()
    yield from werkzeug()
    yield from phpass()
    yield from symfony()
    yield from ldap()
    yield from dovecot()
    yield from aspnet()
    yield from passlibs()


def djangos():
    if not settings.configured:
        settings.configure()
        django.setup()
    from django.contrib.auth import hashers

    class Argon2(hashers.Argon2PasswordHasher):
        memory_cost, time_cost, parallelism = 64, 1, 1

    class BCrypt(hashers.BCryptPasswordHasher):
        rounds = 4

    class BCryptSHA256(hashers.BCryptSHA256PasswordHasher):
        rounds = 4

    class Scrypt(hashers.ScryptPasswordHasher):
        work_factor, block_size, parallelism = 16, 8, 1

    by = f"Django {django.get_version()}"
    salt = "0123456789ab"
    bcrypt_salt = b"$2b$04$" + SALT22.encode()
    # Plain bcrypt reads 72 bytes, and py-bcrypt 5 refuses what is longer.
    makers = {
        "django-argon2": lambda p: Argon2().encode(p, salt),
        "django-bcrypt": lambda p: BCrypt().encode(p[:72], bcrypt_salt),
        "django-bcrypt-sha256": lambda p: BCryptSHA256().encode(p, bcrypt_salt),
        "django-crypt": lambda p: hashers.CryptPasswordHasher().encode(p, "ab"),
        "django-md5": lambda p: hashers.MD5PasswordHasher().encode(p, salt),
        "django-sha1": lambda p: hashers.SHA1PasswordHasher().encode(p, salt),
        "django-pbkdf2-sha1": lambda p: hashers.PBKDF2SHA1PasswordHasher().encode(p, salt, 10),
        "django-pbkdf2-sha256": lambda p: hashers.PBKDF2PasswordHasher().encode(p, salt, 10),
        "django-scrypt": lambda p: Scrypt().encode(p, salt, 16, 8, 1),
        "django-unsalted-sha1": lambda p: hashers.UnsaltedSHA1PasswordHasher().encode(p, ""),
    }
    for scheme, make in makers.items():
        for password in [*THREE, PLAIN]:
            password = password[:72] if scheme == "django-bcrypt" else password
            yield line(scheme, make(password), password, by)
    # A salt of letters that are not ASCII goes in as UTF-8.
    for scheme, hasher in {"django-md5": hashers.MD5PasswordHasher, "django-sha1": hashers.SHA1PasswordHasher}.items():
        yield line(scheme, hasher().encode(FOREIGN, "sälz"), FOREIGN, by)
    yield line("django-pbkdf2-sha256", hashers.PBKDF2PasswordHasher().encode(PLAIN, "sälz", 1), PLAIN, by)
    yield line("django-scrypt", Scrypt().encode(PLAIN, "ab", 2, 1, 2), PLAIN, by)
    # Django's own older spelling, which its hasher still verifies: no type, and base64 with padding cut.
    old = argon2.hash_secret(PLAIN.encode(), SALT16, 1, 64, 1, 16, argon2.Type.I).decode()
    yield line("django-argon2", "argon2" + old, PLAIN, "argon2-cffi")


def werkzeug():
    from importlib.metadata import version

    from werkzeug import security

    # Werkzeug draws its salt; the function behind it takes one.
    def make(method, password, salt=SALT.decode()):
        made, actual = security._hash_internal(method, salt, password)
        stored = f"{actual}${salt}${made}"
        assert security.check_password_hash(stored, password)
        return stored

    by = f"Werkzeug {version('werkzeug')}"
    methods = {
        "werkzeug-hmac": ["md5", "sha1", "sha256", "sha512"],
        "werkzeug-pbkdf2": ["pbkdf2:sha1:10", "pbkdf2:sha256:10", "pbkdf2:sha512:1"],
        "werkzeug-scrypt": ["scrypt:256:8:1", "scrypt:256:1:2"],
    }
    for scheme, names in methods.items():
        for password in THREE:
            yield line(scheme, make(names[0], password), password, by)
        for name in names[1:]:
            yield line(scheme, make(name, PLAIN), PLAIN, by)
    yield line("werkzeug-hmac", make("sha1", PLAIN, "aZ~!.:,"), PLAIN, by)


def phpass():
    """WordPress' class-phpass.php, and DokuWiki's PassHash.php for Drupal's."""
    asked = [[p, "$P$5" + SALT.decode()] for p in THREE] + [[p, "$H$5" + SALT.decode()] for p in THREE]
    asked += [[PLAIN, "$P$7./Az09xy"], [PLAIN, "$H$9Zz.09xyA"]]
    made = php("require '/srv/apps/usr/share/wordpress/wp-includes/class-phpass.php'; foreach ($in as [$p, $s]) $out[] = (new PasswordHash(8, true))->crypt_private($p, $s);", asked)
    for (password, _), stored in zip(asked, made, strict=True):
        yield line("phpass", stored, password, "WordPress 6.1, class-phpass.php")

    # Drupal 7's password.inc: `$S$` is SHA-512, `U` in front says that the password was an MD5's hex before.
    script = "require '/srv/apps/usr/share/dokuwiki/inc/PassHash.php'; foreach ($in as $p) $out[] = (new dokuwiki\\PassHash())->hash_drupal_sha512($p, '5aB3dE6gH');"
    plain = list(zip([*THREE, PLAIN], php(script, [*THREE, PLAIN]), strict=True))
    over_md5 = list(zip(THREE, php(script, [md5(p.encode()).decode() for p in THREE]), strict=True))
    assert all(node("const d = require('drupal-hash'); for (const [p, s] of input) out.push(d.checkPassword(p, s));", plain)), "the drupal-hash module opens them"
    for prefix, pairs in [("", plain), ("U", over_md5)]:
        for password, stored in pairs:
            yield line("drupal7", prefix + stored, password, "DokuWiki 2022, PassHash.php")

    # WordPress 6.8's wp_hash_password (wp-includes/pluggable.php): bcrypt of base64(HMAC-SHA-384, key `wp-sha384`) of the trimmed
    # password, by PHP itself.
    script = "foreach ($in as $p) $out[] = '$wp' . crypt(base64_encode(hash_hmac('sha384', trim($p), 'wp-sha384', true)), '$2y$04$" + SALT22 + "');"
    for password, stored in zip([*THREE, PLAIN], php(script, [*THREE, PLAIN]), strict=True):
        yield line("wordpress-bcrypt", stored, password, "PHP 8.2 (formula of WordPress 6.8)")


def symfony():
    """The component's own hashers. The salt of the first is its own column's; `{` and `}` can't be in it."""
    load = "require '/usr/share/php/Symfony/Component/PasswordHasher/autoload.php'; use Symfony\\Component\\PasswordHasher\\Hasher as H;"
    digest = load + "foreach ($in as [$a, $b, $n, $p, $s]) $out[] = (new H\\MessageDigestPasswordHasher($a, $b, $n))->hash($p, $s);"
    asked = [["sha512", True, 5000, p, SALT.decode()] for p in THREE] + [["sha512", True, 5000, PLAIN, "sälz"]]
    for (_, _, _, password, salt), stored in zip(asked, php(digest, asked), strict=True):
        yield line("symfony-sha512", stored, password, "Symfony 5.4", salt=salt)
    asked = [["sha512", False, 1, p, SALT.decode()] for p in THREE]
    for (_, _, _, password, salt), stored in zip(asked, php(digest, asked), strict=True):
        yield line("sha512(pass.'{'.salt.'}')", stored, password, "Symfony 5.4", salt=salt)
    pbkdf2 = load + "foreach ($in as [$p, $s]) $out[] = (new H\\Pbkdf2PasswordHasher('sha512', true, 1000, 40))->hash($p, $s);"
    asked = [[p, SALT.decode()] for p in THREE]
    for (password, salt), stored in zip(asked, php(pbkdf2, asked), strict=True):
        yield line("symfony-pbkdf2", stored, password, "Symfony 5.4", salt=salt)


def opens(stored, password, user=None):
    """Dovecot takes this password for that string."""
    command = ["doveadm", "pw", "-t", stored, "-p", password]
    if user:
        command += ["-u", user]
    return b"(verified)" in run(command)


def ldap():
    for password in [*THREE, PLAIN]:
        p = password.encode()
        made = {
            "ldap-md5": passlib.ldap_md5.hash(p),
            "ldap-smd5": passlib.ldap_salted_md5.using(salt=b"\x00\xff02").hash(p),
            "ldap-sha": passlib.ldap_sha1.hash(p),
            "ldap-ssha": passlib.ldap_salted_sha1.using(salt=SALT).hash(p),
            "ldap-sha256": "{SHA256}" + b64(hashlib.sha256(p).digest()),
            "ldap-ssha256": passlib.ldap_salted_sha256.using(salt=SALT).hash(p),
            "ldap-sha512": "{SHA512}" + b64(hashlib.sha512(p).digest()),
            "ldap-ssha512": passlib.ldap_salted_sha512.using(salt=SALT16).hash(p),
            "ldap-crypt": "{CRYPT}" + crypt(password, "$5$rounds=1000$" + SALT.decode()),
        }
        for scheme, stored in made.items():
            assert opens(stored, password), scheme
            yield line(scheme, stored, password, "passlib 1.7, opened by Dovecot 2.3")
        yield line("ldap-pbkdf2-sha1", passlib.ldap_pbkdf2_sha1.using(salt=SALT16, rounds=10).hash(p), password, PASSLIB)
        yield line("ldap-pbkdf2-sha256", passlib.ldap_pbkdf2_sha256.using(salt=SALT16, rounds=10).hash(p), password, PASSLIB)
        yield line("ldap-pbkdf2-sha512", passlib.ldap_pbkdf2_sha512.using(salt=SALT16, rounds=10).hash(p), password, PASSLIB)
        # OpenLDAP's argon2 module puts its mark before the string of libargon2, as Dovecot puts its own.
        for scheme, kind in [("dovecot-argon2i", argon2.Type.I), ("dovecot-argon2id", argon2.Type.ID)]:
            yield line(scheme, "{ARGON2}" + argon2.hash_secret(p, SALT16, 1, 64, 1, 32, kind).decode(), password, "argon2-cffi")
    # {CRYPT} over the other kinds, and salts of other lengths.
    for setting in ["ab", "_/...abcd", "$1$01234567$", "$6$rounds=1000$abcd", "$2b$04$" + SALT22, "$y$j75$abcd"]:
        stored = "{CRYPT}" + crypt(PLAIN, setting)
        assert opens(stored, PLAIN)
        yield line("ldap-crypt", stored, PLAIN, "libxcrypt 4.4, opened by Dovecot 2.3")
    for salt in [b"abcd", SALT16, bytes(range(32))]:
        stored = "{SSHA}" + b64(hashlib.sha1(PLAIN.encode() + salt).digest() + salt)
        assert opens(stored, PLAIN)
        yield line("ldap-ssha", stored, PLAIN, "hashlib, opened by Dovecot 2.3")
        stored = "{SSHA512}" + b64(hashlib.sha512(PLAIN.encode() + salt).digest() + salt)
        assert opens(stored, PLAIN)
        yield line("ldap-ssha512", stored, PLAIN, "hashlib, opened by Dovecot 2.3")
    # The name of a scheme may be written in either case.
    for scheme, stored in {
        "ldap-sha": passlib.ldap_sha1.hash(PLAIN).replace("{SHA}", "{sha}"),
        "ldap-ssha": passlib.ldap_salted_sha1.using(salt=SALT).hash(PLAIN).replace("{SSHA}", "{ssha}"),
        "ldap-smd5": passlib.ldap_salted_md5.using(salt=SALT).hash(PLAIN).replace("{SMD5}", "{Smd5}"),
        "ldap-crypt": "{crypt}" + crypt(PLAIN, "$5$rounds=1000$abcd"),
    }.items():
        assert opens(stored, PLAIN)
        yield line(scheme, stored, PLAIN, "passlib 1.7, opened by Dovecot 2.3")


# Scheme and Dovecot's own name of what it makes the same every time.
DOVEADM = {
    "dovecot-plain": ["PLAIN", "CLEAR", "CLEARTEXT"],
    "dovecot-plain-md4": ["PLAIN-MD4"],
    "dovecot-plain-md5": ["PLAIN-MD5"],
    "dovecot-sha1": ["SHA1"],
    "dovecot-ldap-md5": ["LDAP-MD5"],
    "ldap-cram-md5": ["CRAM-MD5", "HMAC-MD5"],
    "ldap-sha256": ["SHA256.HEX"],
    "ldap-sha512": ["SHA512.HEX"],
}


def dovecot():
    by = "Dovecot 2.3, doveadm pw"
    for scheme, names in DOVEADM.items():
        for password in THREE:
            for name in names:
                yield line(scheme, run(["doveadm", "pw", "-s", name, "-p", password]).decode().removesuffix("\n"), password, by)
    for password in THREE:
        stored = run(["doveadm", "pw", "-s", "DIGEST-MD5", "-u", "fred@example.org", "-p", password]).decode().strip()
        yield line("dovecot-digest-md5", stored, password, by, username="fred@example.org")
    for password in THREE:
        p = password.encode()
        made = {
            "dovecot-md5crypt": ["{MD5}" + crypt(password, "$1$01234567$"), "{MD5-CRYPT}" + crypt(password, "$1$abcd$")],
            "dovecot-sha256crypt": ["{SHA256-CRYPT}" + crypt(password, "$5$rounds=1000$abcd")],
            "dovecot-sha512crypt": ["{SHA512-CRYPT}" + crypt(password, "$6$rounds=1000$abcd")],
            "dovecot-descrypt": ["{DES-CRYPT}" + crypt(password, "ab")],
            "dovecot-blf-crypt": ["{BLF-CRYPT}" + crypt(password, "$2y$05$" + SALT22)],
            "dovecot-argon2i": ["{ARGON2I}" + argon2.hash_secret(p, SALT16, 3, 64, 1, 32, argon2.Type.I).decode()],
            "dovecot-argon2id": ["{ARGON2ID}" + argon2.hash_secret(p, SALT16, 1, 64, 1, 32, argon2.Type.ID).decode()],
            # The salt is text, the digest hex.
            "dovecot-pbkdf2": ["{PBKDF2}$1$" + SALT16.decode() + "$10$" + hashlib.pbkdf2_hmac("sha1", p, SALT16, 10).hex()],
            "dovecot-scram-sha1": ["{SCRAM-SHA-1}" + scram("sha1", p, 4096)],
            "dovecot-scram-sha256": ["{SCRAM-SHA-256}" + scram("sha256", p, 4096)],
            "ldap-ssha": ["{SSHA.HEX}" + (hashlib.sha1(p + SALT).digest() + SALT).hex()],
            "ldap-ssha256": ["{SSHA256.B64}" + b64(hashlib.sha256(p + SALT).digest() + SALT)],
        }
        for scheme, strings in made.items():
            for stored in strings:
                assert opens(stored, password), stored
                yield line(scheme, stored, password, "libxcrypt, hashlib or argon2-cffi, opened by Dovecot 2.3")


def scram(name, p, rounds):
    """RFC 5802: stored and server key."""
    salted = hashlib.pbkdf2_hmac(name, p, SALT16, rounds)
    stored = hashlib.new(name, hmac.digest(salted, b"Client Key", name)).digest()
    return f"{rounds},{b64(SALT16)},{b64(stored)},{b64(hmac.digest(salted, b'Server Key', name))}"


def aspnet():
    """Microsoft.AspNetCore.Identity's PasswordHasher.cs: version 2 is 0x00, salt, PBKDF2-SHA-1 of 1000 rounds; version 3 is 0x01, three
    big-endian numbers (0 SHA-1, 1 SHA-256, 2 SHA-512; rounds; salt's length), salt, subkey."""
    for password in [*THREE, PLAIN]:
        p = password.encode()
        two = b64(b"\0" + SALT16 + hashlib.pbkdf2_hmac("sha1", p, SALT16, 1000, 32))
        # The npm module refuses an empty password.
        assert not password or node("const m = require('aspnet-identity-pw'); for (const [p, s] of input) out.push(m.validatePassword(p, s));", [[password, two]]) == [True]
        yield line("aspnet-identity-v2", two, password, "hashlib, opened by aspnet-identity-pw" if password else "hashlib (formula)")
        for number, name in enumerate(["sha1", "sha256", "sha512"]):
            head = b"\1" + struct.pack(">III", number, 10, 16)
            yield line("aspnet-identity-v3", b64(head + SALT16 + hashlib.pbkdf2_hmac(name, p, SALT16, 10, 32)), password, "hashlib (formula)")
    head = b"\1" + struct.pack(">III", 2, 3, 32)
    yield line("aspnet-identity-v3", b64(head + SALT16 * 2 + hashlib.pbkdf2_hmac("sha512", b"Dragon 1!", SALT16 * 2, 3, 64)), PLAIN, "hashlib (formula)")


def passlibs():
    passlib.bcrypt.set_backend("os_crypt")
    for password in [*THREE, PLAIN]:
        p = password.encode()
        made = {
            "passlib-pbkdf2-sha1": passlib.pbkdf2_sha1.using(salt=SALT, rounds=10).hash(p),
            "passlib-pbkdf2-sha256": passlib.pbkdf2_sha256.using(salt=SALT16, rounds=10).hash(p),
            "passlib-pbkdf2-sha512": passlib.pbkdf2_sha512.using(salt=SALT16, rounds=10).hash(p),
            "passlib-scrypt": passlib.scrypt.using(salt=SALT16, rounds=4, block_size=8, parallelism=1).hash(p),
            "atlassian-pbkdf2": passlib.atlassian_pbkdf2_sha1.using(salt=SALT16).hash(p),
            "cta-pbkdf2-sha1": passlib.cta_pbkdf2_sha1.using(salt=SALT16, rounds=10).hash(p),
            "dlitz-pbkdf2-sha1": passlib.dlitz_pbkdf2_sha1.using(salt=SALT.decode(), rounds=10).hash(p),
            "grub-pbkdf2-sha512": passlib.grub_pbkdf2_sha512.using(salt=SALT16, rounds=10).hash(p),
        }
        for scheme, stored in made.items():
            yield line(scheme, stored, password, PASSLIB)
        # Version 1 is bcrypt of base64(SHA-256), version 2 of base64(HMAC-SHA-256 under the salt's text); here with libxcrypt's bcrypt.
        first = base64.b64encode(hashlib.sha256(p).digest()).decode()
        second = base64.b64encode(hmac.digest(SALT22.encode(), p, "sha256")).decode()
        made = [
            (f"$bcrypt-sha256$2b,4${SALT22}$" + crypt(first, f"$2b$04${SALT22}")[-31:]),
            (f"$bcrypt-sha256$v=2,t=2b,r=4${SALT22}$" + crypt(second, f"$2b$04${SALT22}")[-31:]),
        ]
        for stored in made:
            assert passlib.bcrypt_sha256.verify(p, stored)
            yield line("passlib-bcrypt-sha256", stored, password, "libxcrypt 4.4, opened by passlib 1.7")
    # passlib writes the shortest number of rounds there is, 4000 of dlitz's its own way, and numbers in hex in cta's.
    yield line("dlitz-pbkdf2-sha1", passlib.dlitz_pbkdf2_sha1.using(salt="./Az09xy", rounds=400).hash(PLAIN), PLAIN, PASSLIB)
    yield line("cta-pbkdf2-sha1", passlib.cta_pbkdf2_sha1.using(salt=bytes([0xfb, 0xff, 0xfe, 0x3e]), rounds=300).hash(PLAIN), PLAIN, PASSLIB)
    yield line("passlib-pbkdf2-sha1", passlib.pbkdf2_sha1.using(salt=bytes([0xfb, 0xff, 0xfe, 0x3e]), rounds=1).hash(PLAIN), PLAIN, PASSLIB)
    yield line("passlib-scrypt", passlib.scrypt.using(salt=b"", rounds=1, block_size=1, parallelism=2).hash(PLAIN), PLAIN, PASSLIB)
