#!/usr/bin/env python3
"""Tests of calibrate_gpu.py on the CPU, and of its hardware file without PyTorch: test_calibrate_gpu.py"""

import csv
import importlib.util
import pathlib
import subprocess
import sys
import tempfile
import unittest

import calibrate_gpu

SCRIPT = pathlib.Path(__file__).with_name("calibrate_gpu.py")


class Calibration(unittest.TestCase):
    def test_hardware_file(self):
        text = calibrate_gpu.hardware_file("mine", "My GPU", "gpu", {"fp16": 2e14, "fp32": 3e13}, 108, 1.5e12, 80 * 10**9, 5e-6, "2")
        for line in ["name: mine", 'title: "My GPU"', "kind: gpu", "  fp16: { value: 200 TFLOP/s, source: own }",
                     "  bandwidth: { value: 1500 GB/s, source: own }", "  multiprocessors: { value: 108, source: own }"]:
            self.assertIn(line, text.splitlines())
        # FP32 stands among the general units, FP16 among the matrix units.
        self.assertLess(text.index("matrix:"), text.index("fp16:"))
        self.assertLess(text.index("vector:"), text.index("fp32:"))

    @unittest.skipUnless(importlib.util.find_spec("torch"), "needs PyTorch")
    def test_cpu(self):
        with tempfile.TemporaryDirectory() as folder:
            rows, file = pathlib.Path(folder, "rows.csv"), pathlib.Path(folder, "here.yaml")
            command = [sys.executable, SCRIPT, "here", rows, file, "--device", "cpu", "--quick"]
            result = subprocess.run(command, capture_output=True, text=True)
            self.assertEqual(result.returncode, 0, result.stderr)
            with open(rows) as table:
                entries = list(csv.DictReader(table))
            self.assertEqual({row["operator"] for row in entries}, {"matmul", "norm", "activation", "add", "attention"})
            self.assertTrue(all(float(row["seconds"]) > 0 for row in entries))
            self.assertEqual({row["hardware"] for row in entries}, {"here"})
            self.assertIn("kind: cpu", file.read_text())

    @unittest.skipUnless(importlib.util.find_spec("torch"), "needs PyTorch")
    def test_no_gpu(self):
        import torch
        if torch.cuda.is_available():
            self.skipTest("there is one")
        result = subprocess.run([sys.executable, SCRIPT, "a", "b.csv", "c.yaml", "--device", "cuda"], capture_output=True, text=True)
        self.assertNotEqual(result.returncode, 0)
        self.assertIn("--device cpu", result.stderr)


if __name__ == "__main__":
    unittest.main()
