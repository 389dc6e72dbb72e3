"""Databases' own users, devices, Windows, directories: what such a system stores for its logins.

passlib makes most of them; Perl's Authen::Passphrase and Crypt::SmbHash and web2py's pydal make what they know, and must agree. The
others are formulas in Python after hashcat's generators (tools/test_modules of hashcat/hashcat), each named.
"""

import base64
import hashlib
import hmac
import struct

from passlib import hash as passlib
from pydal.validators import CRYPT

from .common import EMPTY, FOREIGN, LATIN, LONG, PLAIN, SALT, THREE, b64, line, wide
from .tools import crypt, perl, run

SALT16 = b"0123456789abcdef"
PASSLIB = "passlib 1.7"
FORMULA = "hashlib (formula)"


def lines():
    yield from microsoft()
    yield from oracle()
    yield from mysql()
    yield from postgres()
    yield from devices()
    yield from others()


def microsoft():
    for password in [*THREE, PLAIN, LATIN]:
        salt = bytes.fromhex("0a1B2c3D")
        # 2000 keeps a second digest, of the password in capitals.
        yield line("mssql2000", passlib.mssql2000.using(salt=salt).hash(password), password, PASSLIB)
        yield line("mssql2005", passlib.mssql2005.using(salt=salt).hash(password), password, PASSLIB)
        # hashcat's m01731.pm.
        yield line("mssql2012", "0x0200" + salt.hex().upper() + hashlib.sha512(wide(password) + salt).hexdigest().upper(), password, FORMULA)
        if password == PLAIN:
            # Exports and cracking tools write the hex in lowercase.
            for scheme in [passlib.mssql2000, passlib.mssql2005]:
                stored = scheme.using(salt=salt).hash(password).lower()
                assert scheme.verify(password, stored)
                yield line(scheme.name, stored, password, PASSLIB)
        yield line("ntlm", passlib.nthash.hash(password), password, PASSLIB)
        for user in ["Administrator", "jörg"]:
            yield line("msdcc", passlib.msdcc.hash(password, user=user), password, PASSLIB, username=user)
        # The string of the cracking tools carries rounds and name; hashcat's m02100.pm.
        user = "Administrator"
        stored = passlib.msdcc2.hash(password, user=user)
        yield line("msdcc2", stored, password, PASSLIB, username=user)
        yield line("msdcc2", f"$DCC2$10240#{user}#{stored}", password, PASSLIB)
    # LM has 14 characters of an OEM code page in capitals: no foreign ones, and what is longer is cut.
    plain = [EMPTY, "Dragon", "Dragon1", "Dragon 1!", "Fourteen chars", "Fourteen characters"]
    theirs = perl("use Crypt::SmbHash qw(lmhash); push @out, lmhash($_) for @$in;", [password[:14] for password in plain])
    for password, stored in zip(plain, theirs, strict=True):
        assert passlib.lmhash.hash(password) == stored.lower(), "passlib and Crypt::SmbHash agree"
        yield line("lm", stored, password, "Crypt::SmbHash 0.12")
    yield line("lm", passlib.lmhash.hash(LATIN), LATIN.encode("cp437"), "passlib 1.7, of code page 437")
    # The same in hex behind Dovecot's marks.
    for password in [*THREE, PLAIN]:
        yield line("dovecot-ntlm", "{NTLM}" + passlib.nthash.hash(password), password, PASSLIB)
    for password in [EMPTY, "Dragon", "Dragon 1!", "Fourteen characters"]:
        yield line("dovecot-lanman", "{LANMAN}" + passlib.lmhash.hash(password), password, PASSLIB)


def oracle():
    """10: the name and the password in capitals. 11 and 12 with Oracle's letter before them, and bare as cracking tools keep them."""
    for password in [EMPTY, FOREIGN, "The quick brown fox jumps over", PLAIN]:
        for user in ["SCOTT", "fred"]:
            yield line("oracle10", passlib.oracle10.hash(password, user=user), password, PASSLIB, username=user)
    salt = SALT16[:10]
    for password in [*THREE, PLAIN]:
        stored = passlib.oracle11.using(salt=salt.hex().upper()).hash(password)
        yield line("oracle11", stored, password, PASSLIB)
        # hashcat's m00112.pm.
        yield line("oracle11", f"{stored[2:42].lower()}:{stored[42:].lower()}", password, PASSLIB)
        # hashcat's m12300.pm.
        key = hashlib.pbkdf2_hmac("sha512", password.encode(), SALT16 + b"AUTH_PBKDF2_SPEEDY_KEY", 4096, 64)
        stored = hashlib.sha512(key + SALT16).hexdigest().upper() + SALT16.hex().upper()
        yield line("oracle12", "T:" + stored, password, FORMULA)
        yield line("oracle12", stored, password, FORMULA)


def mysql():
    asked = [*THREE, PLAIN, "tabs\tand  spaces", LATIN]
    script = "use utf8; use Encode; use Authen::Passphrase::%s; push @out, Authen::Passphrase::%s->new(passphrase => encode('UTF-8', $_))->hash_hex for @$in;"
    for password, stored in zip(asked, perl(script % ("MySQL323", "MySQL323"), asked), strict=True):
        assert passlib.mysql323.hash(password) == stored
        yield line("mysql323", stored, password, "Authen::Passphrase 0.008")
    for password, stored in zip(asked, perl(script % ("MySQL41", "MySQL41"), asked), strict=True):
        assert passlib.mysql41.hash(password) == "*" + stored.upper()
        yield line("mysql41", "*" + stored.upper(), password, "Authen::Passphrase 0.008")
        yield line("mysql41", stored, password, "Authen::Passphrase 0.008")
    # caching_sha2_password is sha256crypt with twenty bytes of salt and thousands of rounds (mysys/crypt_genhash_impl.cc of mysql/mysql-server),
    # in the column as it is, or in hex as hashcat's m07401.pm has it.
    assert sha256crypt(b"Dragon 1!", SALT16, 5000) == crypt("Dragon 1!", "$5$" + SALT16.decode())[-43:], "of sixteen bytes it is libxcrypt's"
    salt = b"0123456789abcdefGHIJ"
    for password in [EMPTY, FOREIGN, "The quick brown fox jumps over the lazy dog", PLAIN]:
        made = sha256crypt(password.encode(), salt, 5000)
        yield line("mysql-caching-sha2", "$A$005$" + salt.decode() + made, password, FORMULA)
        yield line("mysql-caching-sha2", "$mysql$A$005*" + salt.hex().upper() + "*" + made.encode().hex().upper(), password, FORMULA)


ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def sha256crypt(p, salt, rounds):
    """Drepper's specification of SHA-crypt, for salts of any length: libxcrypt and passlib take sixteen bytes at the most."""
    sha = lambda value: hashlib.sha256(value).digest()
    upto = lambda block, size: (block * (size // 32 + 1))[:size]
    other = sha(p + salt + p)
    start = p + salt + upto(other, len(p))
    size = len(p)
    while size:
        start += other if size & 1 else p
        size >>= 1
    state = sha(start)
    ps = upto(sha(p * len(p)), len(p))
    ss = upto(sha(salt * (16 + state[0])), len(salt))
    for number in range(rounds):
        value = ps if number & 1 else state
        value += ss if number % 3 else b""
        value += ps if number % 7 else b""
        state = sha(value + (state if number & 1 else ps))
    made = ""
    for first in range(10):
        order = [first, first + 10, first + 20]
        order = order[first % 3 * 2 % 3:] + order[: first % 3 * 2 % 3]
        made += digits(state[order[0]] << 16 | state[order[1]] << 8 | state[order[2]], 4)
    return made + digits(state[31] << 8 | state[30], 3)


def digits(value, count):
    return "".join(ALPHABET[value >> 6 * place & 63] for place in range(count))


def postgres():
    for password in [*THREE, PLAIN]:
        for user in ["fred", "Jörg"]:
            yield line("postgres-md5", passlib.postgres_md5.hash(password, user=user), password, PASSLIB, username=user)
        # RFC 5802 and 7677 over the password as it is: none of ours is changed by SASLprep.
        salted = hashlib.pbkdf2_hmac("sha256", password.encode(), SALT16, 4096)
        stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
        made = f"SCRAM-SHA-256$4096:{b64(SALT16)}${b64(stored)}:{b64(hmac.digest(salted, b'Server Key', 'sha256'))}"
        yield line("postgres-scram-sha256", made, password, FORMULA)


def devices():
    """Cisco's PIX and ASA cut at 16 and 32 bytes and pad with NUL; passlib has their rules. Types 4, 8 and 9 spell base64 in crypt's
    alphabet, with fourteen characters of it for a salt, taken as they are (hashcat's m09200.pm and m09300.pm)."""
    for password, user in [(EMPTY, None), ("cisco", None), ("cisco", "fred"), ("sixteen bytes 16", "fred"), ("pässwörd", None)]:
        yield line("cisco-pix", passlib.cisco_pix.hash(password, user=user or ""), password, PASSLIB, username=user)
    for password, user in [(EMPTY, None), ("cisco", None), ("cisco", "fred"), ("a long enough password", "fred"), ("pässwörd", None), ("thirty-two bytes, not one of more", "fred")]:
        password = password[:32]
        yield line("cisco-asa", passlib.cisco_asa.hash(password, user=user or ""), password, PASSLIB, username=user)
    crypt64 = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", ALPHABET.encode())
    spelt = lambda value: base64.b64encode(value).translate(crypt64).rstrip(b"=").decode()
    salt = "aB3dE6gH./zZ09"
    for password in [*THREE, PLAIN]:
        p = password.encode()
        # Type 4 is SHA-256 without anything (hashcat's m05700.pm).
        yield line("cisco4", spelt(hashlib.sha256(p).digest()), password, FORMULA)
        eight = f"$8${salt}${spelt(hashlib.pbkdf2_hmac('sha256', p, salt.encode(), 20000))}"
        yield line("cisco8", eight, password, FORMULA)
        nine = f"$9${salt}${spelt(hashlib.scrypt(p, salt=salt.encode(), n=16384, r=1, p=1, dklen=32))}"
        yield line("cisco9", nine, password, FORMULA)
        # Citrix NetScaler: eight characters of salt, and a NUL behind the password (hashcat's m08100.pm and m22200.pm).
        yield line("netscaler-sha1", "1" + "0a1b2c3d" + hashlib.sha1(b"0a1b2c3d" + p + b"\0").hexdigest(), password, FORMULA)
        yield line("netscaler-sha512", "2" + "0a1b2c3d" + hashlib.sha512(b"0a1b2c3d" + p + b"\0").hexdigest(), password, FORMULA)
        # Mac OS X 10.4 to 10.6: the salt's four bytes in hex, capitals there and lowercase in the tools' lists (hashcat's m00122.pm).
        made = (SALT[:4] + hashlib.sha1(SALT[:4] + p).digest()).hex()
        yield line("macos-10.4", made, password, FORMULA)
    yield line("macos-10.4", made.upper(), password, FORMULA)
    # Reversible, and no value without a password. The first two digits are the salt.
    for salt, password in enumerate(["cisco", PLAIN, FOREIGN, LONG[:60]]):
        yield line("cisco7", passlib.cisco_type7.using(salt=salt).hash(password), password, PASSLIB)


def others():
    for password in [*THREE, PLAIN]:
        p = password.encode()
        # hashcat's m08000.pm: the password in UTF-16, most significant byte first, filled to 510 bytes.
        salt = bytes.fromhex("0a1b2c3d4e5f6071")
        filled = password.encode("utf-16-be").ljust(510, b"\0")
        yield line("sybase-ase", "0xc007" + salt.hex() + hashlib.sha256(filled + salt).hexdigest(), password, FORMULA)
        # ldap/servers/plugins/pwdstorage/pbkdf2_pwd.c of 389ds/389-ds-base: rounds in four bytes, most significant first, 64 bytes of salt, 256 of hash.
        long_salt = bytes(range(64))
        made = struct.pack(">I", 10) + long_salt + hashlib.pbkdf2_hmac("sha256", p, long_salt, 10, 256)
        stored = "{PBKDF2_SHA256}" + b64(made)
        assert b"password ok" in run(["pwdhash", "-c", stored, password])
        yield line("389ds-pbkdf2-sha256", stored, password, "hashlib, opened by 389 Directory Server 2.3")
        # Hashcat's own spelling of scrypt: N, r, p, salt, hash.
        yield line("hashcat-scrypt", f"SCRYPT:16:8:1:{b64(SALT16)}:{b64(hashlib.scrypt(p, salt=SALT16, n=16, r=8, p=1, dklen=32))}", password, FORMULA)
        # web2py makes nothing of an empty password.
        for method in ["pbkdf2(10,20,sha512)", "pbkdf2(10,32,sha256)"] if password else []:
            made = str(CRYPT(digest_alg=method, salt=SALT.decode())(password)[0])
            yield line("web2py-pbkdf2", made, password, "pydal 20260520")
