"""Other identifiers of hashes beside `saltern identify`, in one run: how often the first guess is right, and lines a second.

    python3 -m venv venv && venv/bin/pip install -r tests/identifiers/requirements.txt
    cargo build --release
    venv/bin/python tests/identifiers/compare.py target/release/saltern [--hashcat PATH] [--foreign FILE] [--rounds N] [--lines N]

The values are our own vectors (tests/vectors) and, where it lies beside the project, ../shared/vectors. A guess of saltern's counts
only if it is the vector's scheme by name; of the others' every name and every hashcat mode that stands for the scheme in `MEANS`
counts, a family's name for each of its members (any bcrypt is a bcrypt). What a tool has no name for it can't guess: that is part of
what is measured. "Structured" is every value that is not hex from end to end: in bare hex nothing tells the schemes apart.

hashID and name-that-hash are called as libraries, so that their start does not count; hashcat answers for a whole file at once, so it is
started for one value at a time, one vector of each scheme, and its start is most of its time.
"""

import argparse
import json
import pathlib
import random
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared" / "vectors" / "vectors.jsonl"

# What each scheme is called elsewhere: hashcat's modes, and the names that hashID and name-that-hash have for it.
MEANS = {
    # Bare digests.
    "md5": (0, "md5"), "ntlm": (1000, "ntlm"), "md4": (900, "md4"), "lm": (3000, "lm"),
    "md5(md5(pass))": (2600, "double md5"), "md5(md5(md5(pass)))": (3500,), "md5(sha1(pass))": (4400,),
    "md5(strtoupper(md5(pass)))": (4300, "md5(uppercase(md5($pass)))"), "md5(utf16le(pass))": (70, "md5(utf16($pass))"),
    "md5(sha1(pass).md5(pass).sha1(pass))": (20900,), "md5(pass.salt)": (10,), "md5(salt.pass)": (20,),
    "md5(utf16le(pass).salt)": (30,), "md5(salt.utf16le(pass))": (40,), "hmac-md5(key=pass)": (50,), "hmac-md5(key=salt)": (60,),
    "vbulletin": (2611, 2711), "ipb": (2811,), "md5(salt.md5(pass))": (3710,), "md5(salt.pass.salt)": (3800, 3810),
    "md5(md5(pass).md5(salt))": (3910,), "md5(salt.md5(salt.pass))": (4010,), "md5(salt.md5(pass.salt))": (4110,),
    "md5(md5(md5(pass)).salt)": (3610,), "md5(sha1(pass).salt)": (4410,), "msdcc": (1100,), "cut(md5(pass),8,16)": (5100,),
    "sha1": (100, "sha-1"), "mysql41": (300,), "sha1(sha1(pass))": (4500,), "sha1(md5(pass))": (4700,), "ripemd160": (6000,),
    "sha1(pass.salt)": (110,), "sha1(salt.pass)": (120,), "sha1(utf16le(pass).salt)": (130,), "sha1(salt.utf16le(pass))": (140,),
    "hmac-sha1(key=pass)": (150,), "hmac-sha1(key=salt)": (160,), "sha1(sha1(sha1(pass)))": (4600,), "smf": (121,), "wbb3": (8400,),
    "sha1(md5(pass).salt)": (4710,), "sha1(sha1(pass).salt)": (4510,), "sha1(salt.sha1(pass))": (4520,), "sha1(salt.pass.salt)": (4900,),
    "redmine": (7600,), "punbb": (4522,), "sha224": (1300, "sha-224"), "sha3_224": (17300, "sha3-224"), "keccak_224": (17700,),
    "sha256": (1400, "sha-256"), "sha3_256": (17400, 5000, "sha3-256"), "keccak_256": (17800,), "sm3": (31100,),
    "sha256(pass.salt)": (1410,), "sha256(salt.pass)": (1420,), "sha256(utf16le(pass).salt)": (1430,),
    "sha256(salt.utf16le(pass))": (1440,), "hmac-sha256(key=pass)": (1450,), "hmac-sha256(key=salt)": (1460,),
    "sha256(sha256(pass))": ("sha256(sha256($pass))",), "sha256(sha256_bin(pass))": (21400, "sha256(sha256_raw($pass)))"),
    "sha256(sha256(pass).salt)": (20710,), "sha256(md5(pass))": (20800,), "sha384": (10800, "sha-384"), "sha3_384": (17500, "sha3-384"),
    "keccak_384": (17900,), "sha512": (1700, "sha-512"), "sha3_512": (17600, "sha3-512"), "keccak_512": (18000, "keccak-512"),
    "whirlpool": (6100,), "blake2b-512": (600,), "sha512(pass.salt)": (1710,), "sha512(salt.pass)": (1720,),
    "sha512(utf16le(pass).salt)": (1730,), "sha512(salt.utf16le(pass))": (1740,), "hmac-sha512(key=pass)": (1750,),
    "hmac-sha512(key=salt)": (1760,), "mysql323": (200,), "oracle10": (3100,),
    # crypt(3).
    "descrypt": (1500,), "bsdicrypt": (12400, "bsdi crypt"), "bigcrypt": ("bigcrypt",), "md5crypt": (500,), "apr1": (1600,),
    "sun-md5": (3300,), "sha1crypt": (15100, "sha-1 crypt"), "sha256crypt": (7400,), "sha512crypt": (1800,),
    "bcrypt-2a": (3200,), "bcrypt-2b": (3200,), "bcrypt-2x": (3200,), "bcrypt-2y": (3200,), "bcrypt(md5(pass))": (3200, 25600),
    "bcrypt(sha1(pass))": (3200, 25800), "bcrypt(sha512(pass))": (3200, 28400), "bcrypt(bcrypt(pass))": (3200,),
    "yescrypt": ("yescrypt",), "scrypt-7": (), "bsd-nthash": ("nthash(freebsd variant)",), "md5(md5(pass).salt)": (2611, 2711),
    # PHC strings and their like.
    "argon2id": (34000, "argon2id"), "argon2i": (34000, "argon2i"), "argon2d": (34000, "argon2d"),
    "passlib-scrypt": ("scrypt",), "hashcat-scrypt": (8900,), "passlib-pbkdf2-sha1": (20400, "pbkdf2-sha1(generic)"),
    "passlib-pbkdf2-sha256": (20300, "pbkdf2-sha256(generic)"), "passlib-pbkdf2-sha512": (20200, "pbkdf2-sha512(generic)"),
    "passlib-bcrypt-sha256": (30600, "bcrypt(sha-256)"), "cta-pbkdf2-sha1": ("pbkdf2(cryptacular)",),
    "dlitz-pbkdf2-sha1": ("pbkdf2(dwayne litzenberger)",), "grub-pbkdf2-sha512": (7200,),
    # Frameworks and directories.
    "django-pbkdf2-sha256": (10000,), "django-pbkdf2-sha1": ("django(pbkdf2-hmac-sha1)",), "django-sha1": (124, 800),
    "django-md5": ("django(md5)",), "django-bcrypt": ("django(bcrypt)",), "django-bcrypt-sha256": ("django(bcrypt-sha256)",),
    "django-crypt": ("django(des crypt wrapper)",), "phpass": (400,), "drupal7": (7900,), "wordpress-bcrypt": (35500,),
    "ldap-sha": (101,), "ldap-ssha": (111,), "ldap-ssha256": (1411,), "ldap-ssha512": (1711,), "ldap-md5": (), "ldap-smd5": (),
    "ldap-cram-md5": (10200,), "ldap-crypt": (), "atlassian-pbkdf2": (12001, "pbkdf2(atlassian)"), "389ds-pbkdf2-sha256": (10901,),
    "werkzeug-hmac": (30000, 30120), "werkzeug-pbkdf2": (), "aspnet-identity-v3": (), "kratos-firescrypt": (26600, 16700),
    # Applications, databases, devices.
    "joomla": (11, 10), "oscommerce": (21,), "prestashop": (11000,), "mediawiki-b": (3711,), "authme": (20711, "minecraft(authme reloaded)"),
    "phps": (2612,), "episerver-sha1": (141,), "episerver-sha256": (1441,), "hmailserver": (1421,), "peoplesoft": (133,),
    "macos-10.4": (122,), "mssql2000": (131,), "mssql2005": (132,), "mssql2012": (1731,), "oracle11": (112,), "oracle12": (12300,),
    "sybase-ase": (8000,), "postgres-md5": (12, "postgresql md5"), "postgres-scram-sha256": (28600,), "mysql-caching-sha2": (7401,),
    "msdcc2": (2100,), "cisco-pix": (2400,), "cisco-asa": (2410,), "cisco4": (5700, "cisco type 4"), "cisco8": (9200,), "cisco9": (9300,),
    "netscaler-sha1": (8100,), "netscaler-sha512": (22200,), "coldfusion10": (12600,), "umbraco-hmac-sha1": (24800,),
    "symfony-sha512": (), "magento1": (20,), "magento2": (), "rails-restful-auth": (27200,), "sha1(salt1.pass.salt2)": (19300,),
}


def vectors(foreign):
    """(scheme, value, hashcat's mode where the line has one) of every source, by the source's name."""
    own = []
    for path in sorted((ROOT / "tests" / "vectors").glob("*.jsonl")):
        for line in objects(path):
            if "scheme" in line:
                own.append((line["scheme"], line["stored"], None))
    sources = {"our vectors": own}
    if foreign.exists():
        sources["foreign vectors"] = [(v["scheme"], v["hash"], v["hashcat_mode"]) for v in objects(foreign)]
    return sources


def objects(path):
    # Only a line feed ends a line of JSON.
    return [json.loads(line) for line in path.read_text().split("\n") if line]


def is_hex(value):
    return all(c in "0123456789abcdefABCDEF" for c in value)


def is_right(guess, scheme, mode):
    """Whether one of the names and modes of a guess stands for the scheme."""
    accepted = {str(name).lower() for name in MEANS.get(scheme, ())} | {scheme.lower()}
    if mode is not None:
        accepted.add(str(mode))
    return any(str(name).lower() in accepted for name in guess if name is not None)


class Saltern:
    """The built command, its start and all."""

    def __init__(self, path):
        self.name, self.path = "saltern identify --json", path

    def seconds(self, values):
        with tempfile.NamedTemporaryFile("w") as file:
            file.writelines(value + "\n" for value in values)
            file.flush()
            start = time.perf_counter()
            subprocess.run([self.path, "identify", "--json", file.name], check=True, stdout=subprocess.DEVNULL)
            return time.perf_counter() - start

    def guesses(self, values):
        text = "".join(value + "\n" for value in values)
        out = subprocess.run([self.path, "identify", "--json"], check=True, input=text, capture_output=True, text=True).stdout
        return [json.loads(line)["candidates"][:1] for line in out.splitlines()]


class HashId:
    name = "hashID"

    def __init__(self):
        import hashid

        self.identify = hashid.HashID().identifyHash

    def guesses(self, values):
        return [next(([m.name, m.hashcat] for m in self.identify(value)), []) for value in values]


class NameThatHash:
    name = "name-that-hash"

    def __init__(self):
        from name_that_hash import hash_info, hash_namer, hashes, HashTypeObj

        namer, popular = hash_namer.Name_That_Hash(hashes.prototypes), hash_info.HashInformation()
        # Its own order, the popular ones first.
        self.identify = lambda value: HashTypeObj.HashType(value, namer, popular, {}).get_prototypes()

    def guesses(self, values):
        found = (next(iter(self.identify(value)), None) for value in values)
        return [[] if m is None else [m["name"], m["hashcat"]] for m in found]


class Hashcat:
    name = "hashcat --identify"

    def __init__(self, path):
        self.path = path

    def guesses(self, values):
        return [self.one(value) for value in values]

    def one(self, value):
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.write(value + "\n")
            file.flush()
            command = [self.path, "--identify", "--machine-readable", file.name]
            out = subprocess.run(command, capture_output=True, text=True, cwd=tempfile.gettempdir()).stdout
        # The first mode stands right behind a line of talk.
        modes = out.replace("Autodetected hash-modes", "\n").split()
        return [mode for mode in modes if mode.isdigit()][:1]


def seconds(tool, values):
    if hasattr(tool, "seconds"):
        return tool.seconds(values)
    start = time.perf_counter()
    tool.guesses(values)
    return time.perf_counter() - start


def one_of_each(vectors):
    seen = {}
    for vector in vectors:
        seen.setdefault(vector[0], vector)
    return list(seen.values())


def share(right, all_of_them):
    return f"{100 * right / all_of_them:.1f} % of {all_of_them}" if all_of_them else "-"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("saltern")
    parser.add_argument("--hashcat", help="the path of a hashcat that has --identify")
    parser.add_argument("--foreign", type=pathlib.Path, default=SHARED, help="a file of other projects' vectors")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--lines", type=int, default=1_000_000, help="for saltern; the others get a thousandth")
    parser.add_argument("--misses", action="store_true", help="list the structured values that saltern names wrongly")
    arguments = parser.parse_args()

    tools = [Saltern(arguments.saltern), HashId(), NameThatHash()]
    if arguments.hashcat:
        tools.append(Hashcat(arguments.hashcat))
    sources = vectors(arguments.foreign)

    print("| tool | " + " | ".join(f"{name}, {kind}" for name in sources for kind in ("structured", "bare hex")) + " |")
    print("| --- |" + " ---: |" * (2 * len(sources)))
    for tool in tools:
        cells = []
        for lines in sources.values():
            if isinstance(tool, Hashcat):
                lines = one_of_each(lines)
            guesses = tool.guesses([value for _, value, _ in lines])
            for bare in (False, True):
                some = [(line, guess) for line, guess in zip(lines, guesses) if is_hex(line[1]) == bare]
                if isinstance(tool, Saltern):
                    right = sum(guess == [line[0]] for line, guess in some)
                    if arguments.misses and not bare:
                        for line, guess in some:
                            if guess != [line[0]]:
                                print("miss:", line[0], guess)
                else:
                    right = sum(is_right(guess, line[0], line[2]) for line, guess in some)
                cells.append(share(right, len(some)))
        print(f"| {tool.name} | " + " | ".join(cells) + " |", flush=True)

    # The same mixture for all, in an order that no tool can profit from.
    values = [value for lines in sources.values() for _, value, _ in lines]
    random.Random(3).shuffle(values)
    counts = {tool.name: arguments.lines // 1000 for tool in tools}
    counts[tools[0].name] = arguments.lines
    if arguments.hashcat:
        counts[Hashcat.name] = 10
    rates = {tool.name: [] for tool in tools}
    for _ in range(arguments.rounds):
        for tool in tools:
            count = counts[tool.name]
            mixed = (values * (count // len(values) + 1))[:count]
            rates[tool.name].append(count / seconds(tool, mixed))
    print(f"\n| tool | lines a second, median of {arguments.rounds} rounds | least to most | lines |")
    print("| --- | ---: | ---: | ---: |")
    for name, measured in rates.items():
        middle = statistics.median(measured)
        print(f"| {name} | {middle:,.1f} | {min(measured):,.1f} to {max(measured):,.1f} | {counts[name]:,} |")


main()
