#!/usr/bin/env python3
"""Draws docs/terminal.svg from a real run of `saltern demo`: docs/picture.py path/to/saltern

Nothing is made up: what is left out (the other columns, most of the plan) is left out whole.
"""

import html
import pathlib
import re
import subprocess
import sys
import tempfile
import textwrap

WIDTH = 140
CHAR = 7.25
LINE = 17


def demo(binary: str) -> tuple[str, str]:
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [binary, "demo", "--dir", "demo"], cwd=folder, capture_output=True, text=True, check=True
        )
        # The temporary folder's name is of no interest.
        return tuple(text.replace(str(pathlib.Path(folder).resolve()) + "/", "") for text in (done.stdout, done.stderr))


def step(text: str, number: int) -> list[str]:
    """The lines of one step, without its heading."""
    found = re.search(rf"^{number}\. .*?\n   (.*?)\n\n?(.*?)(?=^\d+\. |^The folder|\Z)", text, re.S | re.M)
    assert found, f"the demo has no step {number}"
    return [f"$ {found[1]}"] + found[2].rstrip("\n").split("\n")


def paragraph(lines: list[str]) -> list[str]:
    """The first paragraph: of a scan, the first column."""
    return lines[: lines.index("")] if "" in lines else lines


def picture(out: str, err: str) -> list[str]:
    scan = paragraph(step(out, 2))
    run = paragraph(step(out, 4))
    progress = [line.split(" ", 1)[1] for line in err.splitlines() if " rows (" in line]
    after = paragraph(step(out, 9))
    logins = [line for line in out.splitlines() if re.match(r"[57]\. ", line)]
    lines = [*scan, "", run[0], *progress[:3], *run[1:], "", *logins, "", *after]
    folded = []
    for line in lines:
        folded += textwrap.wrap(line, WIDTH, subsequent_indent="    ", drop_whitespace=False) or [""]
    return [line.rstrip() for line in folded]


def svg(lines: list[str]) -> str:
    width, height = int(WIDTH * CHAR) + 32, len(lines) * LINE + 32
    rows = []
    for at, line in enumerate(lines):
        colour = "#8fd694" if line.startswith("$ ") else "#d8dee9"
        rows.append(f'<text x="16" y="{28 + at * LINE}" fill="{colour}" xml:space="preserve">{html.escape(line)}</text>')
    body = "\n".join(rows)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        'font-family="ui-monospace, Menlo, Consolas, monospace" font-size="12">\n'
        f'<rect width="100%" height="100%" rx="8" fill="#20242c"/>\n{body}\n</svg>\n'
    )


if __name__ == "__main__":
    out, err = demo(str(pathlib.Path(sys.argv[1]).resolve()))
    target = pathlib.Path(__file__).with_name("terminal.svg")
    target.write_text(svg(picture(out, err)))
    print(f"{target}: {len(picture(out, err))} lines")
