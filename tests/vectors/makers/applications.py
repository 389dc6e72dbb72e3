"""Forums, shops, content managers, identity servers.

MediaWiki's and DokuWiki's own PHP runs, and the firebase-scrypt module. The rest are formulas in Python, each after the file of the project that it names; where a
project's source is not public, after hashcat's generator for it (tools/test_modules of hashcat/hashcat). An application that keeps
its salt beside the hash gets both forms: the salt in a field of its own, and `hash:salt` as exports join them.
"""

import hashlib
import hmac

from argon2 import low_level as argon2
from Crypto.Cipher import AES
from Crypto.Hash import MD4

from .common import LATIN, PLAIN, SALT, THREE, b64, line, md5, md5_raw, sha1, sha256, sha512, text, wide
from .tools import crypt, node, php

SALT16 = b"0123456789abcdef"
HEX40 = b"0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c"
FORMULA = "hashlib (formula)"


def lines():
    yield from salted()
    yield from named()
    yield from mediawiki()
    yield from stretched()
    yield from magento()
    yield from kratos()
    yield from spring()
    yield from marked()


# Scheme, formula, and salts as the application makes them.
SALTED = {
    # Three characters until version 3.8, thirty after (Vb3, Vb4 and Vb5.class.php of WoltLab/WCF).
    "vbulletin": (lambda p, s: md5(md5(p) + s), [b"zQ\"", b"aB3dE6gH!~#%&*()_+-=[]{};.,<>?"]),
    # Invision (Ipb3.class.php) five characters, MyBB (inc/functions_user.php of mybb/mybb) eight letters and digits.
    "ipb": (lambda p, s: md5(md5(s) + md5(p)), [b"K,a)z", b"aB3dE6gH"]),
    # WCF 1 (Wcf1.class.php of WoltLab/WCF): 40 hex digits.
    "wbb3": (lambda p, s: sha1(s + sha1(s + sha1(p))), [HEX40, b"abcd"]),
    # upload/system/library/cart/user.php of opencart/opencart-3: nine characters.
    "opencart": (lambda p, s: sha1(s + sha1(s + sha1(p))), [b"aB3dE6gHi"]),
    # forum_hash of PunBB 1.3 (upload/include/functions.php of fluxbb/fluxbb before it was FluxBB): twelve characters.
    "punbb": (lambda p, s: sha1(s + sha1(p)), [b"aB3dE6gHi~!@"]),
    # app/models/user.rb of redmine/redmine: 32 hex digits.
    "redmine": (lambda p, s: sha1(s + sha1(p)), [b"0123456789abcdef0123456789abcdef"]),
    # Joomla 1.5 to 3.1 (Joomla2.class.php of WoltLab/WCF): 32 letters and digits, always joined.
    "joomla": (lambda p, s: md5(p + s), [b"aB3dE6gHaB3dE6gHaB3dE6gHaB3dE6gH", b"ab"]),
    # catalog/includes/functions/password_funcs.php of osCommerce/oscommerce2: two characters, always joined.
    "oscommerce": (lambda p, s: md5(s + p), [b"a1", b"0f"]),
    # Magento 1, app/code/core/Mage/Core/Model/Encryption.php: as osCommerce, or 32 characters.
    "magento1": (lambda p, s: md5(s + p), [b"aB", b"aB3dE6gHaB3dE6gHaB3dE6gHaB3dE6gH"]),
    # Tools::encrypt of PrestaShop 1.6: the salt is the shop's _COOKIE_KEY_, the same for everybody, 56 characters.
    "prestashop": (lambda p, s: md5(s + p), [b"aB3dE6gH" * 7]),
    # ColdFusion 10 and 11's administrator (hashcat's m12600.pm): salts and both digests in capitals.
    "coldfusion10": (lambda p, s: sha256(s + sha1(p).upper()).upper(), [b"0123456789ABCDEF" * 4]),
    # restful_authentication without a site key and one round (hashcat's m27200.pm).
    "rails-restful-auth": (lambda p, s: sha1(b"--" + s + b"--" + p + b"--"), [HEX40]),
    # XenForo 1.0 with SHA-256 and without (Xf1.class.php of WoltLab/WCF).
    "sha256(sha256(pass).salt)": (lambda p, s: sha256(sha256(p) + s), [HEX40]),
    "sha1(sha1(pass).salt)": (lambda p, s: sha1(sha1(p) + s), [HEX40]),
}

# What is never seen apart from its salt, or never with it, in one column.
JOINED = {"vbulletin", "ipb", "wbb3", "opencart", "punbb", "redmine", "joomla", "oscommerce", "magento1", "prestashop", "coldfusion10", "rails-restful-auth"}


def salted():
    for scheme, (formula, salts) in SALTED.items():
        for password in [*THREE, LATIN]:
            stored = formula(password.encode(), salts[0])
            yield line(scheme, stored, password, FORMULA, salt=salts[0])
            if scheme in JOINED and password != LATIN:
                yield line(scheme, stored + b":" + salts[0], password, FORMULA)
        for salt in salts[1:]:
            stored = formula(PLAIN.encode(), salt)
            yield line(scheme, stored, PLAIN, FORMULA, salt=salt)
            if scheme in JOINED:
                yield line(scheme, stored + b":" + salt, PLAIN, FORMULA)
    # Old pages hashed what the browser sent, in the page's own code page.
    for scheme in ["vbulletin", "ipb"]:
        formula, salts = SALTED[scheme]
        yield line(scheme, formula(LATIN.encode("latin-1"), salts[0]), LATIN.encode("latin-1"), FORMULA, salt=salts[0])


def named():
    """Salted with the user's name. SMF lowers it (Sources/LogInOut.php of SimpleMachines/SMF), with PHP's strtolower: ASCII alone in a UTF-8 locale."""
    for password in [*THREE, LATIN]:
        yield line("smf", sha1(b"fred" + password.encode()), password, FORMULA, username="Fred")
    yield line("smf", sha1("fred müller".encode() + PLAIN.encode()), PLAIN, FORMULA, username="Fred Müller")
    for scheme, formula in {
        "md5(username.pass)": lambda u, p: md5(u + p),
        "sha1(username.pass)": lambda u, p: sha1(u + p),
        "sha1(pass.username)": lambda u, p: sha1(p + u),
        "sha256(username.pass)": lambda u, p: sha256(u + p),
        "sha256(pass.username)": lambda u, p: sha256(p + u),
    }.items():
        for password in THREE:
            yield line(scheme, formula("Fred.Müller".encode(), password.encode()), password, FORMULA, username="Fred.Müller")
    # SMF 1.0: HMAC-MD5 with the name as the key.
    for password in THREE:
        made = hmac.new(b"fred", password.encode(), "md5").hexdigest()
        yield line("hmac-md5(key=lower(username),pass)", made, password, FORMULA, username="Fred")


def mediawiki():
    """MediaWiki 1.39's own classes, over a stub of what they need of the rest of it."""
    script = r"""
    $d = '/srv/apps/usr/share/mediawiki/includes/password/';
    foreach (['Password', 'ParameterizedPassword', 'PasswordError', 'MWOldPassword', 'MWSaltedPassword', 'Pbkdf2Password', 'LayeredParameterizedPassword', 'PasswordFactory'] as $c) {
        if ($c === 'Password') { class_exists('Wikimedia\\Assert\\Assert') || eval('namespace Wikimedia\\Assert; class Assert { static function precondition() {} static function parameter() {} }'); }
        if ($c === 'PasswordError') { class_exists('MWException') || eval('class MWException extends Exception {}'); }
        require_once $d . $c . '.php';
    }
    $f = new PasswordFactory([
        '' => ['type' => '', 'class' => 'InvalidPassword'], 'A' => ['class' => 'MWOldPassword'], 'B' => ['class' => 'MWSaltedPassword'],
        'pbkdf2' => ['class' => 'Pbkdf2Password', 'algo' => 'sha512', 'cost' => '30000', 'length' => '64'],
        'pbkdf2-legacyA' => ['class' => 'LayeredParameterizedPassword', 'types' => ['A', 'pbkdf2']],
        'pbkdf2-legacyB' => ['class' => 'LayeredParameterizedPassword', 'types' => ['B', 'pbkdf2']],
    ], 'pbkdf2');
    foreach ($in as [$setting, $p]) { $o = $f->newFromCiphertext($setting); $o->crypt($p); $out[] = $o->toString(); }
    """
    salt = b64(SALT16)
    # The layered forms part with `!`, salts as layers have them: none of A's, B's and then PBKDF2's.
    settings = {
        "mediawiki-a": [":A:x"],
        "mediawiki-b": [":B:aB3dE6gH:x", ":A:aB3dE6gH:x"],
        "mediawiki-pbkdf2": [f":pbkdf2:sha512:10:64:{salt}:x", f":pbkdf2:sha256:10:32:{salt}:x"],
        "mediawiki-pbkdf2-legacya": [f":pbkdf2-legacyA:!sha512:10:64!!{salt}!x"],
        "mediawiki-pbkdf2-legacyb": [f":pbkdf2-legacyB:!sha512:10:64!aB3dE6gH!{salt}!x"],
    }
    asked = [(scheme, setting, p) for scheme, list_ in settings.items() for setting in list_ for p in THREE]
    for (scheme, _, password), stored in zip(asked, php(script, [[s, p] for _, s, p in asked]), strict=True):
        yield line(scheme, stored, password, "MediaWiki 1.39, includes/password")
    # hashcat's spelling of B.
    for password in THREE:
        yield line("mediawiki-b", b"$B$" + SALT + b"$" + md5(SALT + b"-" + md5(password.encode())), password, FORMULA)


def stretched():
    """Authlogic (lib/authlogic/crypto_providers/sha512.rb of binarylogic/authlogic): password and salt, twenty times SHA-512 of hex.
    restful_authentication's ten rounds with a site key (hashcat's m19500.pm), which is the same for everybody: here the second salt."""
    for password in [*THREE, LATIN]:
        value = password.encode() + SALT
        for _ in range(20):
            value = sha512(value)
        yield line("authlogic", value, password, FORMULA, salt=SALT)
    key = b"sitekey0123456789"
    for password in [*THREE, LATIN]:
        value = key
        for _ in range(10):
            value = sha1(b"--".join([value, HEX40, password.encode(), key]))
        yield line("rails-restful-auth-sitekey", value, password, FORMULA, salt=HEX40, salt2=key)


def magento():
    """Magento 2 (lib/internal/Magento/Framework/Encryption/Encryptor.php of magento/magento2): hash, salt, and every version that was laid
    over it. 0 is MD5 and 1 SHA-256 of salt and password; 2 and 3 are libsodium's Argon2id in hex, over the hex of what was there. Its salt is the first 16
    bytes, and a shorter one is repeated; 3 names bytes, passes, memory in bytes; 2 has the interactive limits, two passes over 64 MiB."""
    salt = b"aB3dE6gHaB3dE6gHaB3dE6gHaB3dE6gH"

    def slow(password, salt, passes, memory, length=32):
        script = "[$p, $s, $t, $m, $l] = $in; $out = bin2hex(sodium_crypto_pwhash($l, $p, substr(str_pad($s, 16, $s), 0, 16), $t, $m, SODIUM_CRYPTO_PWHASH_ALG_ARGON2ID13));"
        return php(script, [text(password), text(salt), passes, memory, length]).encode()

    for password in [*THREE, PLAIN]:
        p = password.encode()
        old, new = md5(salt + p), sha256(salt + p)
        made = [
            old + b":" + salt + b":0",
            new + b":" + salt + b":1",
            slow(p, salt, 2, 65536) + b":" + salt + b":3_32_2_65536",
            slow(new, salt, 2, 65536) + b":" + salt + b":1:3_32_2_65536",
        ]
        if password == PLAIN:
            made.append(slow(p, salt, 2, 64 << 20) + b":" + salt + b":2")
            made.append(slow(sha256(salt + old), salt, 1, 8192, 16) + b":" + salt + b":0:1:3_16_1_8192")
            # Magento 1's salt of two characters, brought over.
            made.append(slow(md5(b"aB" + p), b"aB", 2, 65536) + b":aB:0:3_32_2_65536")
        for stored in made:
            yield line("magento2", stored, password, "hashlib, libsodium by PHP 8.2")


def kratos():
    """hash/hash_comparator.go of ory/kratos: base64 with padding; the template of `pf=` has {SALT} and {PASSWORD}; an HMAC is kept as base64 of its
    hex. The PBKDF2 called sha224 and sha384 is SHA-3's. Scrypt's `ln` is N itself."""
    e = b64
    for password in [*THREE, PLAIN]:
        p = password.encode()
        template, strange = b"{SALT}{PASSWORD}", b"$${PASSWORD}%x{SALT}?"
        for name in ["sha1", "sha256", "sha512"]:
            digest = hashlib.new(name, SALT + p).digest()
            yield line("kratos-sha", f"${name}$pf={e(template)}${e(SALT)}${e(digest)}", password, FORMULA)
        yield line("kratos-md5", f"$md5${e(md5_raw(p))}", password, FORMULA)
        yield line("kratos-md5", f"$md5$pf={e(strange)}${e(SALT)}${e(md5_raw(b'$$' + p + b'%x' + SALT + b'?'))}", password, FORMULA)
        for name in ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"]:
            yield line("kratos-hmac", f"$hmac-{name}${e(hmac.new(SALT, p, name).hexdigest().encode())}${e(SALT)}", password, FORMULA)
        yield line("kratos-hmac", f"$hmac-md4${e(hmac_md4(SALT, p))}${e(SALT)}", password, "PyCryptodome (formula)")
        for label, name, length in [("sha1", "sha1", 20), ("sha224", "sha3_224", 32), ("sha256", "sha256", 32), ("sha384", "sha3_384", 48), ("sha512", "sha512", 64)]:
            made = hashlib.pbkdf2_hmac(name, p, SALT16, 10, length)
            yield line("kratos-pbkdf2", f"$pbkdf2-{label}$i=10,l={length}${e(SALT16).rstrip('=')}${e(made).rstrip('=')}", password, FORMULA)
        yield line("kratos-scrypt", f"$scrypt$ln=16,r=8,p=1${e(SALT16)}${e(hashlib.scrypt(p, salt=SALT16, n=16, r=8, p=1, dklen=32))}", password, FORMULA)
        yield line("kratos-md5crypt", "$md5-crypt$" + crypt(password, "$1$01234567$")[3:], password, "libxcrypt 4.4")
        yield line("kratos-sha256crypt", "$sha256-crypt$" + crypt(password, "$5$rounds=1000$abcd")[3:], password, "libxcrypt 4.4")
        yield line("kratos-sha512crypt", "$sha512-crypt$" + crypt(password, "$6$rounds=1000$abcd")[3:], password, "libxcrypt 4.4")
    # Firebase's own: AES-256-CTR with a key by scrypt, over the project's signer key; made here, opened by the npm module.
    signer, separator = bytes(range(64)), b"\x07"
    for password in [*THREE, PLAIN]:
        key = hashlib.scrypt(password.encode(), salt=SALT16 + separator, n=16, r=8, p=1, dklen=32)
        made = AES.new(key, AES.MODE_CTR, nonce=b"", initial_value=0).encrypt(signer)
        theirs = {"memCost": 4, "rounds": 8, "saltSeparator": e(separator), "signerKey": e(signer)}
        script = "const { FirebaseScrypt } = require('firebase-scrypt'); const f = new FirebaseScrypt(input[0]); out.push(await f.verify(input[1], input[2], input[3]));"
        # The module refuses an empty password.
        assert not password or node(script, [theirs, password, e(SALT16), e(made)]) == [True]
        by = "hashlib and PyCryptodome, opened by firebase-scrypt 2" if password else "hashlib and PyCryptodome (formula)"
        yield line("kratos-firescrypt", f"$firescrypt$ln=4,r=8,p=1${e(SALT16)}${e(made)}${e(separator)}${e(signer)}", password, by)


def hmac_md4(key, message):
    """RFC 2104 over PyCryptodome's MD4: OpenSSL 3 has none without its legacy provider."""
    from Crypto.Hash import HMAC

    return HMAC.new(key, message, MD4).hexdigest().encode()


def spring():
    """crypto/src/main/java/org/springframework/security/crypto of spring-projects/spring-security: DelegatingPasswordEncoder puts `{id}` before.
    StandardPasswordEncoder: salt and 1024 rounds of SHA-256, in hex. MessageDigestPasswordEncoder: the salt in braces goes behind the password.
    SCryptPasswordEncoder: log2 N, r, p in hex. Pbkdf2PasswordEncoder of version 5.5: 185,000 rounds of SHA-1, salt of 8 bytes, in hex; of 5.8: 310,000 of SHA-256, salt of 16."""
    for password in [*THREE, PLAIN]:
        p = password.encode()
        value = SALT + p
        for _ in range(1024):
            value = hashlib.sha256(value).digest()
        yield line("spring-sha256", "{sha256}" + (SALT + value).hex(), password, FORMULA)
        salt = b"{" + b64(SALT16).encode() + b"}"
        for scheme, mark, digest in [("spring-md5", "{MD5}", md5), ("spring-sha-1", "{SHA-1}", sha1), ("spring-sha-256", "{SHA-256}", sha256)]:
            yield line(scheme, mark + text(salt + digest(p + salt)), password, FORMULA)
        yield line("spring-md4", "{MD4}" + text(salt) + MD4.new(p + salt).hexdigest(), password, "PyCryptodome (formula)")
        yield line("spring-scrypt", "{scrypt}$40801$" + b64(SALT16 * 4) + "$" + b64(hashlib.scrypt(p, salt=SALT16 * 4, n=16, r=8, p=1, dklen=32)), password, FORMULA)
        yield line("spring-bcrypt", "{bcrypt}" + crypt(password, "$2a$04$abcdefghijklmnopqrstuu"), password, "libxcrypt 4.4")
        yield line("spring-argon2", "{argon2}" + argon2.hash_secret(p, SALT16, 1, 64, 1, 32, argon2.Type.ID).decode(), password, "argon2-cffi")
        yield line("spring-noop", "{noop}" + password, password, "the password itself")
    for password in THREE:
        p = password.encode()
        yield line("spring-pbkdf2", "{pbkdf2}" + (SALT + hashlib.pbkdf2_hmac("sha1", p, SALT, 185_000, 32)).hex(), password, FORMULA)
        made = hashlib.pbkdf2_hmac("sha256", p, SALT16, 310_000, 32)
        yield line("spring-pbkdf2", "{pbkdf2@SpringSecurity_v5_8}" + (SALT16 + made).hex(), password, FORMULA)
    yield line("spring-md5", "{MD5}" + text(md5(PLAIN)), PLAIN, FORMULA)
    yield line("spring-md5", "{MD5}{}" + text(md5(PLAIN + "{}")), PLAIN, FORMULA)


def marked():
    """Strings that say what they are."""
    for password in [*THREE, LATIN]:
        p = password.encode()
        salt = b"0123456789abcdef"
        made = {
            # src/main/java/fr/xephi/authme/security/crypts/Sha256.java of AuthMe/AuthMeReloaded: 16 hex digits.
            "authme": b"$SHA$" + salt + b"$" + sha256(sha256(p) + salt),
            # hashcat's m02612.pm: PHPS is vBulletin's formula with the salt in hex.
            "phps": b"$PHPS$" + SALT.hex().encode() + b"$" + md5(md5(p) + SALT),
            # hashcat's m00141.pm and m01441.pm: base64, the hash's without padding.
            "episerver-sha1": ("$episerver$*0*" + b64(SALT) + "*" + b64(hashlib.sha1(SALT + wide(p)).digest()).rstrip("=")).encode(),
            "episerver-sha256": ("$episerver$*1*" + b64(SALT16) + "*" + b64(hashlib.sha256(SALT16 + wide(p)).digest()).rstrip("=")).encode(),
            # Umbraco 4 to 7 (SHA1HashService.cs of Escc.Umbraco.UserAccessWebService; hashcat's m24800.pm): HMAC under itself.
            "umbraco-hmac-sha1": b64(hmac.digest(wide(p), wide(p), "sha1")).encode(),
            # hashcat's m00133.pm.
            "peoplesoft": b64(hashlib.sha1(wide(p)).digest()).encode(),
            # hashcat's m01421.pm: six characters of salt before the digest.
            "hmailserver": b"12ab56" + sha256(b"12ab56" + p),
        }
        for scheme, stored in made.items():
            yield line(scheme, stored, password, FORMULA)
    for scheme, stored in {"phps": b"$PHPS$00ff7f$" + md5(md5(PLAIN) + bytes([0, 0xff, 0x7f])), "authme": b"$SHA$ab$" + sha256(sha256(PLAIN) + b"ab")}.items():
        yield line(scheme, stored, PLAIN, FORMULA)
