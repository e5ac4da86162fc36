internal import RooflineKit

extension Document {
  /// A device that was measured with this repository's scripts.
  static func here(_ measured: MeasuredHere) -> [Block] {
    let (reduced, whole) = (measured.onHost.runs.filter { $0.phase == .ttft }, measured.onHost.runs)
    let compiled = whole.filter { $0.engineClass?.kind == .compiled }
    return [
      .heading(level: 2, "Measured with this repository's scripts"),
      .paragraph(
        "An H100 SXM of a virtual machine, PyTorch 2.11, transformers 5.17: kernels by "
          + "[calibrate_gpu.py](../Tools/calibrate_gpu.py), whole models of random weights by "
          + "[measure_transformers.py](../Tools/measure_transformers.py); the rows are "
          + "[here](../Benchmarks/measured/h100-sxm). No time of this program was fitted to them; numbers of launches were counted here, and FP16 and BF16 share one fit because of them."
      ),
    ] + kernels(measured) + [
      .heading(level: 3, "Whole models"),
      .paragraph(
        "This host is slow: it launches the kernels of a layer of Vicuna 7B, 42 in number, in 1.14 ms, where the file of "
          + "`transformers` says 0.3 ms, and nearly all of its times wait for that. Under the engines of this program, "
          + "\(Report.sum(measured.engines))."),
      .table(Report.errors(measured.engines)),
      .paragraph(
        "With the host's time of a layer and of a picture from one row each "
          + "([transformers.yaml](../Benchmarks/measured/h100-sxm/engines/transformers.yaml)), \(Report.sum(measured.onHost)). "
          + "Steps compiled by Inductor, which the host does not bound: "
          + compiled.map { "\($0.measured) measured, \($0.expected) expected" }.joined(separator: "; ") + "."),
      .table(Report.errors(measured.onHost)),
      .paragraph(
        "First tokens, reducers as released: PruMerge launches 57 kernels and 12 for every kept token, so that more tokens cost "
          + "more on the host than they do in the language model. FastV's rows (100 tokens of text) call layers from a loop and not "
          + "`generate`, which takes some 20 ms more."),
      .table(Report.runs(reduced, caption: "First tokens, with the host's times")),
    ]
  }

  private static func kernels(_ measured: MeasuredHere) -> [Block] {
    let products = measured.kernels.measurements.filter { $0.kind == "matmul" && $0.precision != "fp32" }
    return [
      .table(Report.errors(measured.kernels)), .table(Report.errors(measured.products)),
      .table(errors("products", "rows", of: groups(products) { [$0.precision, $0.rows.fixed(0)] })),
      .paragraph(
        "The same kernel takes \(measured.halfOverBrain.fixed(3)) times as long in FP16 as in BF16, in the median. Where "
          + "expected times are off by a pattern, its cause is in what was timed. Products of few rows were measured too slow: "
          + "the script wrote a buffer between calls, whose lines the next kernel had to push out of the cache. In a step of "
          + "decoding under the profiler 1 x 4096 x 11008 in FP16 takes 35.8 us, in that loop 1 x 11008 x 4096, of as many bytes, 45.2 "
          + "us; the script reads now. Events around one call hold some 2.6 us more than "
          + "its kernel, all that a sum of one row takes, and PyTorch's norm 6 us more than that. Attention is cuDNN's, whose "
          + "kernels take half as long as those of vLLM 0.14 that the device's figures were fitted to. Products of 616 and 700 rows are "
          + "shorter than expected, likely since a device that waits for its host between kernels does not lower its clock."
      ),
    ]
  }
}
