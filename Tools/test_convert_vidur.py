#!/usr/bin/env python3
"""Tests of convert_vidur.py on made-up profiles: test_convert_vidur.py"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).with_name("convert_vidur.py")
NAMES = ["attn_pre_proj", "attn_post_proj", "mlp_up_proj", "mlp_down_proj", "attn_rope", "mlp_act", "input_layernorm", "add"]
HEADER = ",".join([f"time_stats.{name}.median" for name in NAMES]
                  + ["n_head,n_kv_head,n_embd,n_expanded_embd,use_gated_mlp,num_tokens,num_tensor_parallel_workers"])


class Conversion(unittest.TestCase):
    def convert(self, profiles, table=None):
        """The lines that the script writes of the profiles (device/organisation/model: rows), and what it says."""
        with tempfile.TemporaryDirectory() as folder:
            for name, rows in profiles.items():
                path = pathlib.Path(folder, "data/profiling/compute", name, "mlp.csv")
                path.parent.mkdir(parents=True)
                path.write_text("\n".join([HEADER, *rows]) + "\n")
            command = [sys.executable, SCRIPT, folder]
            if table:
                path = pathlib.Path(folder, "table.csv")
                path.write_text(table)
                command.append(path)
            result = subprocess.run(command, capture_output=True, text=True)
        return result.stdout.splitlines()[1:], result.stderr

    def test_sizes_of_a_share(self):
        # 8 heads of 64, 2 of keys and values, a gated MLP of 1024, on 2 devices: queries, keys and values are
        # (8 + 2 x 2) x 64 / 2 = 384 wide, queries alone 256, gate and up-projection 1024, rotated are 10 x 64 / 2 = 320.
        lines, _ = self.convert({"h100/org/m": ["1,2,3,4,5,6,7,8,8,2,512,1024,True,24,2"]})
        self.assertEqual(lines, [
            "h100-sxm,matmul,fp16,24,512,384,vidur@7d47513:org/m,0.001", "h100-sxm,matmul,fp16,24,256,512,vidur@7d47513:org/m,0.002",
            "h100-sxm,matmul,fp16,24,512,1024,vidur@7d47513:org/m,0.003", "h100-sxm,matmul,fp16,24,512,512,vidur@7d47513:org/m,0.004",
            "h100-sxm,rope,fp16,24,0,320,vidur@7d47513:org/m,0.005", "h100-sxm,gated_activation,fp16,24,0,512,vidur@7d47513:org/m,0.006",
            "h100-sxm,norm,fp16,24,0,512,vidur@7d47513:org/m,0.007", "h100-sxm,add,fp16,24,0,512,vidur@7d47513:org/m,0.008"])

    def test_without_a_gate(self):
        lines, _ = self.convert({"a40/org/m": ["1,2,3,4,5,6,7,8,8,8,512,1024,False,24,1"]})
        self.assertIn("a40,matmul,fp16,24,512,1024,vidur@7d47513:org/m,0.003", lines)
        self.assertIn("a40,activation,fp16,24,0,1024,vidur@7d47513:org/m,0.006", lines)

    def test_equal_kernels_count_once_with_their_median(self):
        # Norms and sums are as wide on each number of devices: of 7, 9 and 20 the median is 9.
        rows = [f"1,2,3,4,5,6,{norm},8,8,2,512,1024,True,24,{devices}" for norm, devices in ((7, 1), (20, 2), (9, 4))]
        lines, _ = self.convert({"a100/org/m": rows})
        self.assertEqual([line for line in lines if ",norm," in line],
                         ["a100-80gb-sxm,norm,fp16,24,0,512,vidur@7d47513:org/m,0.009"])

    def test_models_of_the_table_are_left_out_on_every_device(self):
        table = ("# a comment\nhardware,operator,precision,rows,inner,columns,seconds,source\n"
                 "a40,add,fp16,24,0,512,8e-3,vidur@7d47513:org/m\na40,norm,fp16,24,0,512,1,vidur@7d47513:org/m\n"
                 "a40,add,fp16,24,0,512,1,other@1\n")
        row = "1,2,3,4,5,6,7,8,8,2,512,1024,True,24,1"
        lines, said = self.convert({"a40/org/m": [row], "a100/org/m": [row], "a100/org/new": [row]}, table)
        self.assertEqual({line.split(",")[-2] for line in lines}, {"vidur@7d47513:org/new"})
        self.assertTrue(said.startswith("1 of the 2 rows"), said)

    def test_a_folder_without_profiles(self):
        self.assertIn("has no data/profiling", self.convert({})[1])


if __name__ == "__main__":
    unittest.main()
