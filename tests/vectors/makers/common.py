"""What every group of vectors uses: the passwords, the salts, the short names of the digests, and the form of a line."""

import base64
import hashlib

# Every scheme gets these three, or what it can take of them; then whatever is its own to get wrong.
EMPTY = ""
FOREIGN = "pässwörd-密码🔑"
LONG = "The quick brown fox jumps over the lazy dog; " * 3
THREE = [EMPTY, FOREIGN, LONG]
# What is the same length in UTF-8 and in the 8-bit code pages, and the Unicode that a code page holds.
PLAIN = "Dragon 1!"
LATIN = "Pässwörd"

SALT = b"aB3dE6gH"
# Not UTF-8, and with bytes that careless code loses: NUL, the top bit, a percent sign, a newline, a quote.
ODD = bytes.fromhex("00ff80250a27c3")


def line(scheme, stored, password, by, **fields):
    """One vector. What is bytes is written as text where it is text, else in hex under the name with `_hex`."""
    row = {"scheme": scheme, "stored": text(stored)}
    for name, value in {"password": password, **fields}.items():
        if isinstance(value, bytes):
            try:
                value = value.decode("utf-8")
            except UnicodeDecodeError:
                name, value = f"{name}_hex", value.hex()
        if value is not None:
            row[name] = value
    return {**row, "by": by}


def text(value):
    return value.decode() if isinstance(value, bytes) else value


def data(value):
    return value.encode() if isinstance(value, str) else value


def b64(value):
    return base64.b64encode(value).decode()


def b64_bare(value):
    return b64(value).rstrip("=")


def hexed(name):
    """A digest as PHP's functions return it: lowercase hex, here as bytes, so that digests nest."""
    return lambda value: hashlib.new(name, data(value)).hexdigest().encode()


def raw(name):
    return lambda value: hashlib.new(name, data(value)).digest()


md5, sha1, sha256, sha384, sha512 = map(hexed, ["md5", "sha1", "sha256", "sha384", "sha512"])
md5_raw, sha1_raw, sha256_raw, sha512_raw = map(raw, ["md5", "sha1", "sha256", "sha512"])


def wide(value):
    return value.decode().encode("utf-16-le") if isinstance(value, bytes) else value.encode("utf-16-le")
