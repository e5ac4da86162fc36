#!/usr/bin/env python3
"""Tests of what mutate.py finds and rewrites, on made-up sources: test_mutate.py"""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import mutate  # noqa: E402


class Places(unittest.TestCase):
    def found(self, text):
        return [(site.text, site.changed) for site in mutate.sites_of("A.swift", text)]

    def test_operators_comparisons_and_constants(self):
        self.assertEqual(self.found("let a = b * 2 + c"), [("*", "/"), ("2", "3"), ("+", "-")])
        self.assertEqual(self.found("if a < 0.5, !isEmpty { b += 1_000 }"),
                         [("<", "<="), ("0.5", "1.0"), ("!", ""), ("+=", "-="), ("1_000", "1001")])
        self.assertEqual(self.found("for i in 0..<n { x = max(i, y) }"), [("0", "1"), ("..<", "..< one less"), ("max", "min")])
        self.assertEqual(self.found("let a = true && b == 1e-9"),
                         [("true", "false"), ("&&", "||"), ("==", "!="), ("1e-9", "2e-09")])

    def test_comments_strings_and_names_are_left_alone(self):
        for text in [
            "// a < 2", "let a = \"1 + 2\"", "/* 3 */", "let a = \"\\(b + 1) of 2\"", "let a = \"\"\"\n 1 + 2\n \"\"\"",
            "x.0", "$0", "fp16", "import A2", "case one = 1", "a?.b!", "Array<Int>", "func < (a: A, b: A)",
            "extension A where B == C", "let a: (Int) -> Int", "let a = 0x1F", "a != b".replace("!=", "=>"),
        ]:
            self.assertEqual(self.found(text), [], text)

    def test_lines_and_columns(self):
        site = mutate.sites_of("A.swift", "// a\nlet b = 7")[0]
        self.assertEqual((site.line, site.column), (2, 8))
        self.assertEqual(site.said(), "A.swift:2: 7 -> 8 in `let b = 7`")

    def test_a_draw_forgets_where_a_line_stands(self):
        near, far = (mutate.sites_of("A.swift", "\n" * gap + "  let b = 7")[0] for gap in (0, 9))
        self.assertEqual(near.rank(1), far.rank(1))
        self.assertNotEqual(near.rank(1), near.rank(2))

    def test_every_operator_has_a_declaration(self):
        for text in mutate.OPERATORS:
            site = mutate.Site("A.swift", 1, 0, text, "range" if text == "..<" else "operator", "")
            declared = mutate.operator_text(site, 77)
            name = mutate.rewritten(site, 77)
            self.assertEqual(name, text + "∁∁∅")  # 77 = 1 x 64 + 1 x 8 + 5: the marks of 1, 1 and 5
            self.assertIn(f"infix operator {name} :", declared)
            self.assertIn(f"func {name} ", declared)


if __name__ == "__main__":
    unittest.main()
