"""Holds deny.toml against the dependency graph where cargo-deny is not installed.

It reads the same keys: licenses.allow, bans.wildcards, bans.deny and sources. It also checks that no default feature
brings the failpoints into a release.
"""

import json
import re
import subprocess
import sys
import tomllib

CRATES_IO = "registry+https://github.com/rust-lang/crates.io-index"


def satisfied(expression, allowed):
    """Whether an SPDX expression can be met by allowed licences: OR below AND, `WITH` part of a name."""
    tokens = re.findall(r"[()]|[^\s()]+", expression.replace("/", " OR "))
    at = 0

    def peek():
        return tokens[at] if at < len(tokens) else None

    def take():
        nonlocal at
        at += 1
        return tokens[at - 1]

    def one():
        if peek() == "(":
            take()
            met = either()
            take()
            return met
        name = take()
        if peek() == "WITH":
            name = f"{name} {take()} {take()}"
        return name in allowed

    def both():
        met = one()
        while peek() == "AND":
            take()
            met = one() and met
        return met

    def either():
        met = both()
        while peek() == "OR":
            take()
            met = both() or met
        return met

    met = either()
    if at != len(tokens):
        raise ValueError(expression)
    return met


def main():
    with open("deny.toml", "rb") as file:
        deny = tomllib.load(file)
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--all-features"]
    metadata = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    allowed = set(deny["licenses"]["allow"])
    banned = {entry["crate"]: entry.get("reason", "") for entry in deny["bans"].get("deny", [])}
    ours = set(metadata["workspace_members"])

    faults = []
    for package in metadata["packages"]:
        name = f"{package['name']} {package['version']}"
        licence = package["license"]
        if licence is None or not satisfied(licence, allowed):
            faults.append(f"{name}: licence {licence} is not allowed")
        if package["name"] in banned:
            faults.append(f"{name}: banned, {banned[package['name']]}")
        if package["id"] in ours:
            for dependency in package["dependencies"]:
                if dependency["req"] == "*":
                    faults.append(f"{name}: takes any version of {dependency['name']}")
            if "failpoints" in closure(package["features"], "default"):
                faults.append(f"{name}: a release would hold the failpoints")
        elif package["source"] != CRATES_IO:
            faults.append(f"{name}: comes from {package['source']}")

    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{len(metadata['packages'])} packages, {len(faults)} faults")
    return 1 if faults else 0


def closure(features, start):
    """The features of a package that one of them turns on."""
    seen, open_ends = set(), [start]
    while open_ends:
        feature = open_ends.pop()
        if feature in features and feature not in seen:
            seen.add(feature)
            open_ends += features[feature]
    return seen


sys.exit(main())
