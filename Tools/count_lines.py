#!/usr/bin/env python3
"""Looks for files and functions below Sources that are longer than a reader likes.

    Tools/count_lines.py

A file has at most 250 lines, a function (or an initialiser, or a computed value) at most 40, from its first line to its closing
brace. Lists that are values are no functions. The status is 1 where something is longer.
"""

import pathlib
import re
import sys

FILE, FUNCTION = 250, 40
SOURCES = pathlib.Path(__file__).resolve().parent.parent / "Sources"
WORD = r"(?:public|package|private|fileprivate|internal|static|mutating|nonmutating|override|final|class|required|nonisolated)"
START = re.compile(rf"^(\s*)(?:@\w+(?:\([^)]*\))?\s+)*(?:{WORD}(?:\(set\))?\s+)*(func|init\??|subscript|var)\b")


def functions(lines):
    """The declaration, the number of its line and how many lines it has, of each that ends in a brace of its own."""
    for first, line in enumerate(lines):
        match = START.match(line)
        if not match or "= [" in line or line.rstrip().endswith("="):
            continue
        closing = re.compile(rf"^{match[1]}\}}")
        # Formatted as all code is here, a declaration ends at a brace as far to the right as it begins.
        for last in range(first + 1, len(lines)):
            rest = lines[last]
            if closing.match(rest) and not rest.rstrip().endswith("{"):
                yield line.strip(), first + 1, last - first + 1
                break
            if rest.strip() and not rest.startswith(match[1] + " ") and not re.match(rf"^{match[1]}(\)|\}}|where|->|\{{)", rest):
                break


def main():
    faults = []
    for file in sorted(path for ending in ("swift", "c", "h") for path in SOURCES.rglob(f"*.{ending}")):
        lines = file.read_text().split("\n")
        name = file.relative_to(SOURCES.parent)
        if len(lines) - 1 > FILE:
            faults.append(f"{name} has {len(lines) - 1} lines; at most {FILE}")
        if file.suffix == ".swift":
            faults += [f"{name}:{number}: {count} lines; at most {FUNCTION}: {what[:70]}" for what, number, count in functions(lines) if count > FUNCTION]
    for fault in faults:
        print(fault)
    if not faults:
        print(f"files have at most {FILE} lines, functions at most {FUNCTION}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
