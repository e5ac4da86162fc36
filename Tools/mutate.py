#!/usr/bin/env python3
"""Change one operator, constant or comparison at a time and see whether tests notice: mutate.py [MODULE ...]

Works on a copy of the tree below .build/mutants; the repository's own sources are never written. All mutants of all
modules stand in one build of that copy: `a < b` becomes `a <(17) b`, an operator of its own that means `<=` where the
environment variable ROOFLINE_MUTANT is 17 and `<` otherwise; a literal `2` becomes `mutated(17, 3, 2)`. What does not
compile so is left out, without replacement beyond the spare ones that are drawn.

Every suite of the module's tests runs once to see which mutants it evaluates. Then a mutant runs against these suites
alone, the quickest first, until one fails, traps or takes too long; then, without --own, against the suites of the targets
that NEIGHBOURS names. Listed are the survivors: file:line, what was changed, and whether any suite evaluated it
at all. Those of Tools/mutants.json change nothing that anybody could see; each says why. With --again only what survived
the last time runs, against tests that may have been added.

Which places are drawn depends on the seed and on the line's text, not on its number, so that changes elsewhere keep them.
"""

import argparse
import hashlib
import json
import math
import os
import pathlib
import re
import resource
import signal
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SCRATCH = ROOT / ".build" / "mutants"
TREE = SCRATCH / "tree"
EQUIVALENT = ROOT / "Tools" / "mutants.json"
MODULES = ["Operators", "Architectures", "Estimation", "Reduction", "Serving"]
# Test targets beside the module's own that hold figures of it.
NEIGHBOURS = {
    "Operators": ["ArchitecturesTests", "EstimationTests"],
    "Architectures": ["EstimationTests", "ConfigurationsTests"],
    "ReductionMethods": ["ReductionTests", "EstimationTests"],
    "LinearAlgebra": ["CalibrationTests", "EncodingTests"],
}
SPARE = 1.3  # drawn for each that is wanted, since some don't compile
SWIFT = os.environ.get("SWIFT", "swift")

# Operator and what it becomes; the characters after it tell its mutants apart.
OPERATORS = {
    "<": "ComparisonPrecedence", "<=": "ComparisonPrecedence", ">": "ComparisonPrecedence",
    ">=": "ComparisonPrecedence", "==": "ComparisonPrecedence", "!=": "ComparisonPrecedence",
    "&&": "LogicalConjunctionPrecedence", "||": "LogicalDisjunctionPrecedence",
    "+": "AdditionPrecedence", "-": "AdditionPrecedence",
    "*": "MultiplicationPrecedence", "/": "MultiplicationPrecedence", "%": "MultiplicationPrecedence",
    "+=": "AssignmentPrecedence", "-=": "AssignmentPrecedence", "*=": "AssignmentPrecedence",
    "/=": "AssignmentPrecedence", "..<": "RangeFormationPrecedence",
}
CHANGED = {
    "<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "&&": "||", "||": "&&", "+": "-", "-": "+",
    "*": "/", "/": "*", "%": "/", "+=": "-=", "-=": "+=", "*=": "/=", "/=": "*=", "..<": "..< one less", "!": "",
    "min": "max", "max": "min", "true": "false", "false": "true",
}
MARKS = "∀∁∂∃∄∅∆∇"  # characters that an operator's name may hold: digits of its number

SUPPORT = """
#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif
{imports}

private let chosen = getenv("ROOFLINE_MUTANT").flatMap {{ Int(String(cString: $0)) }} ?? -1

/// A byte for each mutant that was evaluated, in the file that ROOFLINE_MUTANTS_SEEN names.
nonisolated(unsafe) private let seen: UnsafeMutablePointer<UInt8>? = {{
  guard let path = getenv("ROOFLINE_MUTANTS_SEEN") else {{ return nil }}
  let file = open(path, O_RDWR)
  guard file >= 0, let bytes = mmap(nil, {size}, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), bytes != MAP_FAILED
  else {{ return nil }}
  return bytes.bindMemory(to: UInt8.self, capacity: {size})
}}()

@usableFromInline func mutant(_ number: Int) -> Bool {{
  if let seen {{ seen[number] = 1 }}
  return chosen == number
}}

@usableFromInline func mutated<T>(_ number: Int, _ changed: T, _ original: T) -> T {{
  mutant(number) ? changed : original
}}

@usableFromInline func mutatedMin<T: Comparable>(_ number: Int, _ a: T, _ b: T, _ rest: T...) -> T {{
  mutant(number) ? rest.reduce(max(a, b), max) : rest.reduce(min(a, b), min)
}}

@usableFromInline func mutatedMax<T: Comparable>(_ number: Int, _ a: T, _ b: T, _ rest: T...) -> T {{
  mutant(number) ? rest.reduce(min(a, b), min) : rest.reduce(max(a, b), max)
}}
"""


class Site:
    """A place that can be changed: its file, line and column, what stands there and its kind."""

    def __init__(self, file, line, column, text, kind, source):
        self.file, self.line, self.column, self.text, self.kind, self.source = file, line, column, text, kind, source

    @property
    def changed(self):
        return changed_literal(self.text) if self.kind == "literal" else CHANGED[self.text]

    def said(self):
        return f"{self.file}:{self.line}: {self.text} -> {self.changed or 'nothing'} in `{self.source.strip()}`"

    def key(self):
        return [self.file, self.source.strip(), self.text, self.column - (len(self.source) - len(self.source.lstrip()))]

    def rank(self, seed):
        return hashlib.sha256(json.dumps([seed, *self.key()]).encode()).hexdigest()


def changed_literal(text):
    """Twice a fraction; one more than a whole number."""
    plain = text.replace("_", "")
    if re.fullmatch(r"\d+", plain):
        return str(int(plain) + 1)
    return repr(float(plain) * 2) if float(plain) else "1.0"


def blanked(text):
    """The source with comments and strings replaced by spaces, line breaks kept."""
    out, i = [], 0

    def skip(end):
        nonlocal i
        out.append(re.sub(r"[^\n]", " ", text[i:end]))
        i = end

    while i < len(text):
        if text.startswith("//", i):
            end = text.find("\n", i)
            skip(len(text) if end < 0 else end)
        elif text.startswith("/*", i):
            skip(text.index("*/", i) + 2)
        elif text[i] == '"':
            skip(string_end(text, i))
        else:
            out.append(text[i])
            i += 1
    return "".join(out)


def string_end(text, start):
    """Where the string literal that begins there is over, with what is interpolated."""
    quote = '"""' if text.startswith('"""', start) else '"'
    i = start + len(quote)
    while not text.startswith(quote, i):
        if text.startswith("\\(", i):
            depth, i = 1, i + 2
            while depth:
                if text[i] == '"':
                    i = string_end(text, i)
                    continue
                depth += {"(": 1, ")": -1}.get(text[i], 0)
                i += 1
        else:
            i += 2 if text[i] == "\\" else 1
    return i + len(quote)


TOKEN = re.compile(
    r"(?<= )(?P<operator>&&|\|\||<=|>=|==|!=|\+=|-=|\*=|/=|[<>+*/%-])(?= )"
    r"|(?P<range>(?<=[\w)\]])\.\.<(?=[\w(]))"
    r"|(?<![\w.$)\]!=])(?P<not>!)(?=[\w(.])"
    r"|(?<![\w.])(?P<call>min|max)(?=\()"
    r"|(?<![\w.$])(?P<literal>\d[\d_]*(?:\.\d[\d_]*)?(?:[eE][+-]?\d+)?)(?![\w.]*\w)"
    r"|(?<![\w.])(?P<truth>true|false)(?!\w)")
# Lines whose tokens are no expressions, or whose change is none of the program.
UNTOUCHED = re.compile(
    r"^\s*(import|internal import|package import|public import|@_exported|#|(indirect )?case \w+.*=|typealias)"
    r"|@available|\bfunc [<>=!+*/%&|-]+|precondition|fatalError|assert\("
    r"|\b(extension|struct|protocol|class|associatedtype|func|init)\b.*\bwhere\b|case true|case false")


def sites_of(file, text):
    """What can be changed in a file, in order."""
    found = []
    lines = text.split("\n")
    for number, line in enumerate(blanked(text).split("\n"), 1):
        if UNTOUCHED.search(line):
            continue
        for match in TOKEN.finditer(line):
            kind = match.lastgroup
            found.append(Site(file, number, match.start(), match.group(), kind, lines[number - 1]))
    return found


def drawn(module, count, seed):
    """So many places of a module and some more, at most one a line."""
    found = []
    for path in sorted((ROOT / "Sources" / module).rglob("*.swift")):
        found += sites_of(str(path.relative_to(ROOT)), path.read_text())
    found.sort(key=lambda site: site.rank(seed))
    taken, lines = [], set()
    for site in found:
        if (site.file, site.line) not in lines and len(taken) < count * SPARE:
            lines.add((site.file, site.line))
            taken.append(site)
    return taken, len(found)


def mark(number):
    digits = ""
    while True:
        digits = MARKS[number % 8] + digits
        number //= 8
        if not number:
            return digits


def rewritten(site, number):
    """What stands at the place in the copy."""
    if site.kind in ("operator", "range"):
        return site.text + mark(number)
    if site.kind == "not":
        return "!" + mark(number)
    if site.kind == "call":
        return f"mutated{site.text.title()}"
    return f"mutated({number}, {site.changed}, {site.text})"


def operator_text(site, number, quantities=True):
    """The declaration of a mutant's own operator, also for quantities where the module knows them."""
    text, name = site.text, site.text + mark(number)
    if site.kind == "not":
        name = "!" + mark(number)
        return (f"prefix operator {name}\nprefix func {name} (a: Bool) -> Bool "
                f"{{ mutant({number}) ? a : !a }}\n")
    head = f"infix operator {name} : {OPERATORS[text]}\n"
    either = f"mutant({number}) ? a {CHANGED[text]} b : a {text} b"

    def function(types, result, body=either):
        a, b = types.split(", ")
        return f"func {name} (a: {a}, b: {b}) -> {result} {{ {body} }}\n"

    def generic(constraint, types, result, body=either, where=""):
        a, b = types.split(", ")
        return f"func {name} <T: {constraint}>(a: {a}, b: {b}) -> {result}{where} {{ {body} }}\n"

    if text in ("<", "<=", ">", ">="):
        return head + generic("Comparable", "T, T", "Bool")
    if text in ("==", "!="):
        none, other = f"a {text} nil", f"a {CHANGED[text]} nil"
        return (head + "@_disfavoredOverload " + generic("Equatable", "T, T", "Bool")
                + f"func {name} <T>(a: T?, b: _OptionalNilComparisonType) -> Bool "
                f"{{ mutant({number}) ? {other} : {none} }}\n")
    if text in ("&&", "||"):
        # What may throw decides first which of the two it is.
        return head + (
            f"func {name} (a: Bool, b: @autoclosure () throws -> Bool) rethrows -> Bool "
            f"{{ mutant({number}) ? try a {CHANGED[text]} b() : try a {text} b() }}\n")
    if text == "..<":
        return head + function("Int, Int", "Range<Int>", f"mutant({number}) ? a..<(b - 1) : a..<b")
    if text in ("+", "-"):
        return head + generic("AdditiveArithmetic", "T, T", "T") + generic(
            "SIMD", "T, T", "T", where=" where T.Scalar: FloatingPoint")
    if text in ("*", "/"):
        whole = f"mutant({number}) ? a {'+' if text == '*' else '*'} b : a {text} b"
        out = head + generic("FloatingPoint", "T, T", "T") + generic("BinaryInteger", "T, T", "T", whole)
        out += generic("SIMD", "T, T", "T", where=" where T.Scalar: FloatingPoint")
        out += generic("SIMD", "T, T.Scalar", "T", where=" where T.Scalar: FloatingPoint")
        if quantities:
            out += generic("Quantity", "T, Double", "T")
            if text == "*":
                out += generic("Quantity", "Double, T", "T", f"mutant({number}) ? (1 / a) * b : a * b")
            else:
                out += generic("Quantity", "T, T", "Double", f"mutant({number}) ? b / a : a / b")
                for work, rate in (("FLOPs", "Throughput"), ("Bytes", "Bandwidth")):
                    out += function(f"{work}, {rate}", "Seconds",
                                    f"mutant({number}) ? Seconds(a.value * b.value) : a / b")
        return out
    if text == "%":
        return head + generic("BinaryInteger", "T, T", "T")
    constraint = "AdditiveArithmetic" if text in ("+=", "-=") else "FloatingPoint"
    either = f"if mutant({number}) {{ a {CHANGED[text]} b }} else {{ a {text} b }}"
    return head + f"func {name} <T: {constraint}>(a: inout T, b: T) {{ {either} }}\n"


def write(path, text):
    """Writes what differs, so that the next build begins where the last one ended."""
    if not path.exists() or path.read_text() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def imports_of(module):
    """The import of quantities where the module may have it."""
    used = any("import Quantities" in path.read_text() for path in (ROOT / "Sources" / module).rglob("*.swift"))
    return "internal import Quantities\n" if used else ""


def copy_tree(manifest, mutants):
    """The files that git knows, as they are here, with the mutants in them and a package of what the tests need."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True,
        capture_output=True).stdout.decode().split("\0")
    changed = {}
    for number, site in mutants.items():
        changed.setdefault(site.file, []).append((number, site))
    modules = {name.split("/")[1] for name in changed}
    known = set()
    for name in filter(None, listed):
        source, target = ROOT / name, TREE / name
        if not source.is_symlink() and not source.exists():
            continue
        known.add(target)
        if source.is_symlink():
            if not target.is_symlink() or os.readlink(target) != os.readlink(source):
                target.parent.mkdir(parents=True, exist_ok=True)
                target.unlink(missing_ok=True)
                target.symlink_to(os.readlink(source))
        elif name.split("/")[0] == "Sources" and name.split("/")[1] in modules and name.endswith(".swift"):
            lines = source.read_text().split("\n")
            for number, site in changed.get(name, []):
                line = lines[site.line - 1]
                new = rewritten(site, number)
                rest = line[site.column + len(site.text):]
                if site.kind == "call":
                    rest = f"({number}, " + rest[1:]
                lines[site.line - 1] = line[:site.column] + new + rest
            # What is inlined elsewhere could not name the module's own mutants.
            write(target, re.sub("@(inlinable|usableFromInline) ", "", "\n".join(lines)))
        elif name == "Package.swift":
            write(target, manifest)
        else:
            data = source.read_bytes()
            if not target.exists() or target.read_bytes() != data:
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(data)
    size = (max(mutants, default=0) // 4096 + 1) * 4096
    for module in sorted({site.file.split("/")[1] for site in mutants.values()}):
        imports = imports_of(module)
        text = SUPPORT.format(imports=imports, size=size)
        for number, site in sorted(mutants.items()):
            if site.file.split("/")[1] == module and site.kind in ("operator", "range", "not"):
                text += operator_text(site, number, bool(imports))
        path = TREE / "Sources" / module / "Mutants.swift"
        write(path, text)
        known.add(path)
    for folder in ("Sources", "Tests", "hardware", "models", "engines"):
        for path in (TREE / folder).rglob("*"):
            if (path.is_file() or path.is_symlink()) and path not in known and not any(
                    parent.is_symlink() for parent in path.parents):
                path.unlink()
    return size


def pruned_manifest(tests):
    """The package's manifest, but only these tests and the targets that they need: nothing is fetched."""
    described = json.loads(subprocess.run(
        [SWIFT, "package", "dump-package"], cwd=ROOT, check=True, capture_output=True).stdout)
    targets = {target["name"]: target for target in described["targets"]}
    kept, waiting = set(), list(tests)
    while waiting:
        name = waiting.pop()
        if name in kept or name not in targets:
            continue
        kept.add(name)
        for dependency in targets[name]["dependencies"]:
            waiting.append((dependency.get("byName") or dependency.get("target") or dependency["product"])[0])
        for plugin in targets[name].get("pluginUsages") or []:
            waiting.append(plugin["plugin"][0])
    names = ", ".join(f'"{name}"' for name in sorted(kept))
    return (ROOT / "Package.swift").read_text() + f"""
package.targets.removeAll {{ ![{names}].contains($0.name) }}
package.products = []
package.dependencies = []
"""


def built(manifest, mutants):
    """Builds the copy, leaving out mutants that do not compile. Returns the size of the map of what was evaluated."""
    while True:
        size = copy_tree(manifest, mutants)
        done = subprocess.run(
            [SWIFT, "build", "--no-color-diagnostics", "--build-tests"], cwd=TREE, capture_output=True, text=True)
        if done.returncode == 0:
            return size
        places = {(site.file, site.line): number for number, site in mutants.items()}
        errors = set(re.findall(r"(Sources/[^:\s]+):(\d+):\d+: error:", done.stdout + done.stderr))
        dropped = set()
        for file, line in errors:
            near = [places.get((file, int(line)))]
            if near == [None]:
                near = [number for (other, at), number in places.items() if other == file and abs(at - int(line)) <= 8]
            dropped.update(near)
        if not dropped:
            lines = [line for line in (done.stdout + done.stderr).split("\n") if "error" in line]
            sys.exit("The copy does not build:\n" + "\n".join(lines[:20]))
        for number in dropped:
            print(f"  does not compile: {mutants.pop(number).said()}", flush=True)


class Runner:
    """Runs suites of the copy's tests."""

    def __init__(self, size):
        folder = TREE / ".build" / "debug"
        self.program = next(folder.glob("*PackageTests.xctest"))
        self.size, self.seen = size, SCRATCH / "seen"

    def call(self, arguments, seconds, **environment):
        """The exit status and what was printed; a negative status past so many seconds of CPU, or 20 times as long in all."""
        settings = {**os.environ, "SWIFT_BACKTRACE": "enable=no", "OPENBLAS_NUM_THREADS": "1", **environment}
        limit = math.ceil(seconds)
        process = subprocess.Popen(
            [self.program, "--testing-library", "swift-testing", *arguments], cwd=TREE, env=settings,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CPU, (limit, limit)))
        try:
            output, _ = process.communicate(timeout=20 * limit)
            return process.returncode, output
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            return -signal.SIGKILL, ""

    def suites(self, tests):
        """The suites of these test targets."""
        _, output = self.call(["--list-tests"], 120)
        names = {re.match(r"(\w+\.\w+)", line).group(1) for line in output.split("\n") if re.match(r"\w+\.\w+/", line)}
        return sorted(name for name in names if name.split(".")[0] in tests)

    def run(self, suite, seconds, **environment):
        return self.call(["--filter", "^" + suite.replace(".", r"\.") + "/"], seconds, **environment)

    def reached(self, suite, slowest):
        """How many seconds of CPU the suite takes and the mutants that it evaluates; None if it takes too long."""
        self.seen.write_bytes(bytes(self.size))
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        status, output = self.run(suite, slowest, ROOFLINE_MUTANTS_SEEN=str(self.seen))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if status in (-signal.SIGKILL, -signal.SIGXCPU):
            return None
        if status != 0:
            sys.exit(f"{suite} fails without any mutant:\n{output[-3000:]}")
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return seconds, {number for number, byte in enumerate(self.seen.read_bytes()) if byte}


def killer(runner, number, suites, targets):
    """The first suite of these test targets that notices the mutant, the quickest tried first."""
    for seconds, suite in sorted(suites):
        if suite.split(".")[0] in targets and runner.run(suite, 5 + 5 * seconds, ROOFLINE_MUTANT=str(number))[0] != 0:
            return suite
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("modules", nargs="*", default=MODULES, metavar="MODULE", help="default: " + " ".join(MODULES))
    parser.add_argument("--count", type=int, default=60, help="mutants a module (60)")
    parser.add_argument("--seed", type=int, default=1, help="of the draw (1)")
    parser.add_argument("--slowest", type=float, default=60, help="leave out suites above so many CPU seconds (60)")
    parser.add_argument("--own", action="store_true", help="run the modules' own tests alone")
    parser.add_argument("--again", action="store_true", help="only what survived the last time")
    parser.add_argument("--list", action="store_true", help="only list the places drawn")
    asked = parser.parse_args()
    modules = asked.modules or MODULES
    mutants, number, places = {}, 0, {}
    for module in modules:
        if not (ROOT / "Sources" / module).is_dir():
            sys.exit(f"There is no module {module} below Sources")
        taken, places[module] = drawn(module, asked.count, asked.seed)
        for site in taken:
            mutants[number] = site
            number += 1
    if asked.list:
        for site in mutants.values():
            print(site.said())
        return
    own = {module: [f"{module}Tests"] if (ROOT / "Tests" / f"{module}Tests").is_dir() else [] for module in modules}
    beside = {module: [] if asked.own else NEIGHBOURS.get(module, []) for module in modules}
    tests = sorted({test for module in modules for test in own[module] + beside[module]})
    results = SCRATCH / "results.json"
    before = {}
    if results.exists():
        before = {json.dumps(entry["place"]): entry for entry in json.loads(results.read_text())}
    SCRATCH.mkdir(parents=True, exist_ok=True)
    print(f"Building {len(mutants)} mutants and {', '.join(tests)} in {TREE.relative_to(ROOT)}", flush=True)
    size = built(pruned_manifest(tests), mutants)
    of_module = {module: [] for module in modules}
    for key in sorted(mutants):
        module = mutants[key].file.split("/")[1]
        if len(of_module[module]) < asked.count:
            of_module[module].append(key)
    runner = Runner(size)
    measured = {}
    for suite in runner.suites(tests):
        found = runner.reached(suite, asked.slowest)
        if found is None:
            print(f"left out, since it takes more than {asked.slowest:g} s: {suite}", flush=True)
        else:
            measured[suite] = found
    equivalent = {json.dumps(entry["place"]): entry["why"] for entry in json.loads(EQUIVALENT.read_text())}
    lines = []
    for module in modules:
        counts = {"own": 0, "neighbours": 0, "equivalent": 0, "survived": 0}
        for key in of_module[module]:
            site = mutants[key]
            place = json.dumps(site.key())
            old = before.get(place, {"end": "survived"}) if asked.again else {"end": "survived"}
            if old["end"] in ("own", "neighbours"):
                by, kind = old["by"], old["end"]
            else:
                suites = [(seconds, suite) for suite, (seconds, seen) in measured.items() if key in seen]
                by = killer(runner, key, suites, own[module]) or killer(runner, key, suites, beside[module])
                kind = "survived"
                if by is not None:
                    kind = "own" if by.split(".")[0] in own[module] else "neighbours"
                elif place in equivalent:
                    kind = "equivalent"
                else:
                    print(f"survives{'' if suites else ', never evaluated'}: {site.said()}", flush=True)
            counts[kind] += 1
            before[place] = {"place": site.key(), "changed": site.changed, "end": kind, "by": by}
            results.write_text(json.dumps(list(before.values()), indent=1, ensure_ascii=False))
        judged = len(of_module[module]) - counts["equivalent"]
        died = counts["own"] + counts["neighbours"]
        lines.append(f"{module:16} {places[module]:6} {judged:8} {counts['own']:8} {counts['neighbours']:11} "
                     f"{counts['equivalent']:10} {counts['survived']:8} {100 * died / max(judged, 1):6.0f} %")
        print(lines[-1], flush=True)
    print(f"{'module':16} {'places':>6} {'mutants':>8} {'own kill':>8} {'neighbours':>11} {'equivalent':>10} "
          f"{'survive':>8} {'died':>8}")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
