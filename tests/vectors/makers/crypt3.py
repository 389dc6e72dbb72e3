"""crypt(3) and its relatives, made by libxcrypt; what that does not make, by passlib and OpenSSL.

descrypt reads the low seven bits of eight bytes, bigcrypt the same of every byte it gets, bcrypt 72 bytes. `$2a$` is a line only where
libxcrypt and py-bcrypt agree: libxcrypt changes the hash of a few passwords with bytes above 0x7f (its guard against an old sign bug), nobody else does.
`$3$` takes each byte for a character of its own, so its foreign password is not NTLM's.
"""

import bcrypt
from passlib import hash as passlib

from .common import FOREIGN, LATIN, LONG, PLAIN, THREE, line
from .tools import crypt, run

LIBXCRYPT = "libxcrypt 4.4"
BYTES = bytes.fromhex("ffa3333435")
# Printable, allowed by libxcrypt, and nothing of crypt's own alphabet.
STRANGE = "~%(=)+,-"
SALT22 = "abcdefghijklmnopqrstuu"

# Settings: the first of each scheme gets the three passwords, the others one each.
SETTINGS = {
    "bsdicrypt": ["_/...abcd", "_0...a/.z", "_Z1..zzzz"],
    "md5crypt": ["$1$01234567$", "$1$$", "$1$ab$", f"$1${STRANGE}$", "$1$./Az09xy$"],
    "sun-md5": ["$md5$01234567$", "$md5$01234567", "$md5,rounds=7$abcdefgh$", "$md5,rounds=7$abcdefgh", "$md5,rounds=1000$a$"],
    "sha1crypt": ["$sha1$1000$01234567", "$sha1$1$a", "$sha1$10$" + "./Az09xy" * 8],
    "sha256crypt": ["$5$rounds=1000$0123456789abcdef", "$5$abcd", "$5$$", "$5$rounds=5000$abcd", "$5$rounds=1001$$", f"$5$rounds=1000${STRANGE}&^_@?'"],
    "sha512crypt": ["$6$rounds=1000$0123456789abcdef", "$6$abcd", "$6$$", "$6$rounds=5000$abcd", "$6$rounds=1001$$", f"$6$rounds=1000${STRANGE}&^_@?'"],
    "bcrypt-2x": [f"$2x$04${SALT22}", f"$2x$05${SALT22}"],
    "bcrypt-2y": [f"$2y$04${SALT22}", "$2y$05$" + "." * 21 + "O"],
    "bcrypt-2b": [f"$2b$04${SALT22}", f"$2b$06${SALT22}"],
    "bcrypt-2a": [f"$2a$04${SALT22}", f"$2a$05${SALT22}"],
    # N, then r and p of five characters each; the salt is text.
    "scrypt-7": ["$7$46..../....01234567", "$7$2/..../....", "$7$2/....0....abc", "$7$42..../....0123456789abcdef0123456789abcdef"],
    # j is yescrypt's own mode, `.` plain scrypt, `/` write once; then N, r, and what the next character says follows: p, t, both.
    "yescrypt": ["$y$j75$0123456789abcdef", "$y$j75$", "$y$j75$abcd", "$y$j75..$abcd", "$y$j75/.$abcd", "$y$j750..$abcd", "$y$.75$abcd", "$y$/75$abcd", "$y$j85$" + "0123456789abcdefghijk."],
    "gost-yescrypt": ["$gy$j75$0123456789abcdef", "$gy$j75$", "$gy$j75..$abcd", "$gy$.75$abcd"],
    "bsd-nthash": ["$3$"],
}


def lines():
    for scheme, settings in SETTINGS.items():
        for password in [*THREE, LATIN, BYTES]:
            yield line(scheme, crypt(password, settings[0]), password, LIBXCRYPT)
        for setting in settings[1:]:
            yield line(scheme, crypt(PLAIN, setting), PLAIN, LIBXCRYPT)
    # Digests' blocks: what ends at them and one beyond.
    for length in [16, 55, 56, 64, 65, 72, 73]:
        for scheme in ["md5crypt", "sha256crypt", "sha512crypt", "bcrypt-2b"]:
            yield line(scheme, crypt("x" * length, SETTINGS[scheme][0]), "x" * length, LIBXCRYPT)
    yield from old_des()
    yield from apr1()
    yield from agreed_bcrypt()


def old_des():
    for password in [*THREE, LATIN, BYTES, "12345678", "1234567"]:
        yield line("descrypt", crypt(password, "ab"), password, LIBXCRYPT)
    for salt in ["..", "zz", "/9"]:
        yield line("descrypt", crypt(PLAIN, salt), PLAIN, LIBXCRYPT)
    # An empty password or a short one makes what descrypt makes; libxcrypt makes bigcrypt of a setting longer than descrypt's.
    for password in ["123456789", "1234567890123456", "12345678901234567", FOREIGN, LONG[:100], LATIN * 2]:
        made = crypt(password, "ab" + "." * 176)
        assert made == passlib.bigcrypt.using(salt="ab").hash(password), "libxcrypt and passlib agree"
        yield line("bigcrypt", made, password, LIBXCRYPT)


def apr1():
    for password, salt in [*((password, "01234567") for password in THREE), (LATIN, "ab"), (PLAIN, "./Az09xy"), ("x" * 64, "01234567")]:
        made = passlib.apr_md5_crypt.using(salt=salt).hash(password)
        yield line("apr1", made, password, "passlib 1.7")
    for password in [FOREIGN, PLAIN]:
        made = run(["openssl", "passwd", "-apr1", "-salt", "xyz", "-stdin"], password.encode() + b"\n", rooted=False).decode().strip()
        yield line("apr1", made, password, "openssl passwd")


def agreed_bcrypt():
    """Eight-bit characters under every prefix that means the right function."""
    for prefix in ["2a", "2b", "2y"]:
        for password in ["ё".encode(), b"\xa3", b"\xa3ab", b"\xff\xa334", LATIN.encode("latin-1")]:
            made = crypt(password, f"${prefix}$04${SALT22}")
            theirs = bcrypt.hashpw(password, f"$2b$04${SALT22}".encode()).decode()
            assert made[7:] == theirs[7:], "libxcrypt and py-bcrypt agree"
            yield line(f"bcrypt-{prefix}", made, password, LIBXCRYPT)
