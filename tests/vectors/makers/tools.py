"""Other people's programs: libxcrypt, and whatever else runs as a command.

A program that this machine doesn't have is looked for in a folder that VECTORS_ROOT names (a Debian made by debootstrap; see README.md).
Node's modules are found through NODE_PATH.
"""

import ctypes
import functools
import json
import os
import subprocess

ROOT = os.environ.get("VECTORS_ROOT")


@functools.cache
def libcrypt():
    library = ctypes.CDLL("libcrypt.so.1")
    library.crypt.restype = ctypes.c_char_p
    library.crypt.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
    return library


def crypt(password, setting):
    """crypt(3) of libxcrypt, for any bytes without NUL."""
    made = libcrypt().crypt(password.encode() if isinstance(password, str) else password, setting.encode())
    if made is None or made.startswith(b"*"):
        raise ValueError(f"libxcrypt refuses the setting {setting}")
    return made.decode()


def run(command, text=b"", rooted=True):
    """A command's output; inside VECTORS_ROOT where that is set and the program comes from there."""
    if rooted and ROOT:
        command = ["chroot", ROOT, *command]
    made = subprocess.run(command, input=text, capture_output=True, check=False)
    if made.returncode:
        raise RuntimeError(f"{command[:4]}: {made.stderr.decode(errors='replace')}")
    return made.stdout


def php(script, argument=None):
    """A PHP script that reads JSON and prints JSON; `$in` is what it was given, `$out` what it makes."""
    whole = f"<?php error_reporting(E_ALL & ~E_DEPRECATED); $in = json_decode(stream_get_contents(STDIN), true); $out = []; {script}\necho json_encode($out, JSON_THROW_ON_ERROR);"
    # -r takes no opening tag.
    return json.loads(run(["php", "-r", whole.removeprefix("<?php ")], json.dumps(argument).encode()))


def perl(script, argument=None):
    """The same in Perl: `$in` and `@out`. Texts come as characters; the script encodes them."""
    whole = f"use JSON::PP; binmode STDIN; local $/; my $in = JSON::PP->new->utf8->decode(<STDIN>); my @out; {script}\nprint JSON::PP->new->utf8->encode(\\@out);"
    return json.loads(run(["perl", "-e", whole], json.dumps(argument).encode()))


def node(script, argument=None):
    whole = f"const input = JSON.parse(require('fs').readFileSync(0, 'utf8')); (async () => {{ const out = []; {script}\nconsole.log(JSON.stringify(out)); }})();"
    return json.loads(run(["node", "-e", whole], json.dumps(argument).encode(), rooted=False))
