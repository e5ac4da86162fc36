import Documents
import Validation

extension FuzzTarget {
  /// Tables of measured times and memory, and what is predicted of them.
  static let measurements = FuzzTarget(
    "measurements",
    words: [
      "hardware", "operator", "precision", "seconds", "rows", "inner", "columns", "batch", "tokens", "heads",
      "kv_heads",
      "head_width", "model", "prompt_tokens", "device", "n_dev", "tp", "pp", "kernels", "fused", "eager", "v100",
      "a100-80gb", "h100-sxm", "vicuna-7b", "llava-1.5-7b", "fp16", "int4", "fp8", "linear", "attention", "engine",
      "engine_version", "vllm", "0.6.3", "kv_cache_gib", "gpu_memory_utilization", "max_model_len", "failed", "ttft_ms",
      "tpot_ms", "output_tokens", "input_tokens", "concurrency", "dtype", "quantization",
    ]
  ) { (bytes) throws(Diagnostic) in
    try ScratchFile.with(bytes, ending: ".csv") { (path) throws(Diagnostic) in
      if try MemoryValidation.reads(path) {
        _ = try MemoryValidation(measurements: path)
      } else if try EngineValidation.reads(path) {
        _ = try EngineValidation(measurements: path)
      } else {
        _ = try Validation(measurements: path)
      }
    }
  }
}
