#!/usr/bin/env python3
"""Counts the names that an import of a product brings into a program, and looks for those that stand in its way.

    Tools/count_public_names.py [PRODUCT...]

Counts the public names at the top level of all modules that each PRODUCT (all three) re-exports, directly or by another
product. The status is 1 if there are more than its limit, if one has no doc comment, or if Foundation, SwiftUI or the C
library have one, too.
"""

import pathlib
import re
import sys

# At most so many names in each product, those of the products that it re-exports included.
LIMITS = {"RooflineCore": 70, "RooflineVision": 80, "RooflineKit": 85}
SOURCES = pathlib.Path(__file__).resolve().parent.parent / "Sources"
NAME = re.compile(
    r"public (?:indirect |final |nonisolated |prefix |postfix )*"
    r"(?:struct|enum|class|protocol|actor|typealias|func|let|var|macro) ([^\s(<:=]+)")
# What planning scripts, servers and apps are likely to import beside it. Types of Foundation, Dispatch, Observation and
# SwiftUI that a noun of this field may be called by, too, and functions of the C library.
TAKEN = set("""
Animation AnyView Axis Bundle Button Calendar Capsule Circle Clock Color Configuration Content Context Copy Data Date Decimal
Buffer Dimension Divider Document Duration Edge Ellipse Entry Environment EnvironmentValues Error Event Field FileDocument Font Form
FormatStyle Formatter Gauge Gesture Gradient Grid GridRow Group Host Image ImageRenderer Index Label Layout Limit Line Link List
Locale Locked Lock Map Marker Mask Material Measurement Menu Model Namespace Node Notification Operation OperationQueue
Order Path Picker Point Port Position Predicate Preview Process ProcessInfo Progress ProgressView Query Record Rectangle Regex Renderer
Result Scale Scanner Scene Section Selection Set Shape Size Slider Source Spacer State Stepper Stream String Table TabView Task
Text Thread Timer Toggle Transaction Transform Tree Unit URL UUID Value View Window
exp exp2 exit log log2 max min nearest open pow processors read round sqrt stat time write
""".split())


def modules(product):
    """The modules that a product re-exports, itself included."""
    found, waiting = [], [product]
    while waiting:
        module = waiting.pop()
        if module in found:
            continue
        found.append(module)
        for file in (SOURCES / module).glob(f"{module}.swift"):
            waiting += re.findall(r"^@_exported public import (\w+)", file.read_text(), re.M)
    return sorted(found)


def names(module):
    """The public names at the top level of a module, with file, line and whether they are documented."""
    for file in sorted((SOURCES / module).rglob("*.swift")):
        lines = file.read_text().split("\n")
        for number, line in enumerate(lines):
            match = NAME.match(line)
            if not match:
                continue
            above = number - 1
            while above >= 0 and lines[above].startswith("@"):
                above -= 1
            yield match[1], f"{file.relative_to(SOURCES.parent)}:{number + 1}", lines[above].startswith("///")


def count(product, shown):
    """Prints the names of a product's modules that are not shown yet, and what is wrong with any; whether nothing is."""
    seen, faults = set(), []
    for module in modules(product):
        own = set()
        for name, place, documented in names(module):
            own.add(name)
            if not documented:
                faults.append(f"{place}: {name} is not documented")
            if name in TAKEN:
                faults.append(f"{place}: {name} is a name of Foundation, SwiftUI or the C library, too")
        if own and module not in shown:
            print(f"{len(own):4} {module}: {', '.join(sorted(own))}")
        seen |= own
        shown.add(module)
    if len(seen) > LIMITS[product]:
        faults.append(f"{product} has more than {LIMITS[product]} public names")
    print(f"{len(seen):4} public names in {product}, the limit is {LIMITS[product]}")
    for fault in faults:
        print(fault)
    return not faults


def main():
    products = sys.argv[1:] or list(LIMITS)
    for product in products:
        if product not in LIMITS:
            sys.exit(f"there is no product {product}; expected {', '.join(LIMITS)}")
    shown = set()
    return 0 if all([count(product, shown) for product in products]) else 1


if __name__ == "__main__":
    sys.exit(main())
