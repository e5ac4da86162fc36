#!/usr/bin/env python3
"""Tests of what scoreboard.py makes of answers: test_scoreboard.py"""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import scoreboard  # noqa: E402
import scoreboard_peers  # noqa: E402


class Errors(unittest.TestCase):
    rows = [{"id": str(number), "seconds": 10.0} for number in range(10)]

    def test_summary(self):
        # 10 % too long nine times, half as long once: mean 14 %, median 10 %, nine of ten within 50 %, bias + 4 %.
        answers = {str(number): {"seconds": 11.0 if number else 5.0} for number in range(10)}
        count, mean, median, nine, bias = scoreboard.summary(self.rows, answers)
        self.assertEqual(count, 10)
        for found, expected in ((mean, 0.14), (median, 0.1), (nine, 0.5), (bias, 0.04)):
            self.assertAlmostEqual(found, expected)

    def test_refusals_are_no_errors(self):
        self.assertIsNone(scoreboard.summary(self.rows, {"1": {"refused": "has no device"}}))
        self.assertEqual(scoreboard.summary(self.rows, {"1": {"seconds": 20.0}, "2": {"refused": "no"}})[:2], (1, 1.0))

    def test_a_request_is_its_prefill_and_the_steps_after_the_first_token(self):
        row = {"prompt": 100, "context": 0, "generated": 11, "phase": "request"}
        # Steps of a microsecond a position, the mean of 100 + 11 / 2 of them, ten times.
        seconds = scoreboard_peers.composed(row, lambda tokens: tokens / 1e3, lambda tokens: tokens / 1e6)
        self.assertAlmostEqual(seconds, 0.1 + 10 * 105.5e-6)
        self.assertAlmostEqual(scoreboard_peers.composed({**row, "phase": "decode"}, None, lambda tokens: tokens), 105.5)

    def test_parameters_without_norms(self):
        # Llama 2 7B has 6,738,415,616 parameters, of which 65 norms of 4096.
        self.assertEqual(scoreboard_peers.parameters("llama-2-7b"), 6_738_415_616 - 65 * 4096)

    def test_every_measurement_has_a_source_and_an_engine(self):
        rows = scoreboard.measurements()
        self.assertEqual(len({row["id"] for row in rows}), len(rows))
        for row in rows:
            self.assertIn("github.com/", row["source"])
            self.assertTrue(scoreboard.engine_of(row))
            self.assertGreater(row["seconds"], 0)

    def test_durations(self):
        self.assertEqual([scoreboard.duration(value) for value in (2.5, 3e-3, 191e-6, 5e-7, None)],
                         ["2.5 s", "3 ms", "191 us", "500 ns", "-"])


if __name__ == "__main__":
    unittest.main()
