import Documents
import Foundation
import Testing
import Validation

/// Reads what engines report when they start, and says how far predictions are off.
struct MemoryValidationTests {
  private let header =
    "model,device,engine,engine_version,tp,gpu_memory_utilization,max_model_len,dtype,quantization,kv_cache_gib,kv_cache_tokens,failed\n"

  private func validation(_ rows: String) throws -> MemoryValidation {
    let path = NSTemporaryDirectory() + "memory-\(UUID().uuidString).csv"
    try Files.write(Array((header + rows).utf8), to: path)
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(try MemoryValidation.reads(path))
    return try MemoryValidation(measurements: path)
  }

  /// Three reports of vLLM 0.19 and 0.16 (llm-d-planner at commits 2d557dc and 875a4fd) and a run that had no room.
  @Test func comparesPoolsAndStarts() throws {
    let validation = try validation(
      """
      meta-llama/Llama-3.1-8B-Instruct,H100-80GB SXM,vllm,0.19.0,1,0.95,8192,bf16,none,58.11,476016,0
      meta-llama/Llama-3.1-8B-Instruct,H100-80GB SXM,vllm,0.19.0,1,0.95,16384,bf16,none,58.11,476016,0
      Qwen/Qwen3-14B,H100-80GB SXM,vllm,0.16.0,1,0.95,8192,bf16,none,41.94,,0
      meta-llama/Llama-3.3-70B-Instruct,H100-80GB SXM,vllm,0.19.0,1,0.9,8192,bf16,none,,,1
      nobody/knows,H100-80GB SXM,vllm,0.19.0,1,0.9,8192,bf16,none,10,,0
      Qwen/Qwen3-14B,H100-80GB SXM,vllm,a fork of V1,1,0.95,8192,bf16,none,41.94,,0
      Qwen/Qwen3-14B,H100-80GB SXM,vllm,0.19.0,1,0.95,8192,bf16,awq,41.94,,0

      """)
    #expect(validation.runs.map(\.engine) == ["vllm", "vllm", "vllm-0.16", "vllm"])
    #expect(validation.runs.map(\.started) == [true, true, true, false])
    #expect(validation.runs.map(\.fits) == [true, true, true, false])
    let vllm = try #require(validation.groups.first)
    // One pool of two runs.
    #expect(vllm.pools.count == 1 && vllm.tokens.count == 2 && vllm.toldRightly == 3)
    #expect(validation.groups.allSatisfy { $0.pools.median < 0.01 })
    #expect(validation.omissions.count == 3)
  }

  /// Versions between and behind those that files name have the figures of the one before; 0.2 is not 0.20.
  @Test func versionsAreOpenEnded() throws {
    let versions = ["0.20.0", "0.21", "v0.19.0", "0.25.1.dev3", "1.0", "v0.16.1", "0.7.x (V0)", "0.2.7"]
    let rows = versions.map { "Qwen/Qwen3-14B,H100-80GB SXM,vllm,\($0),1,0.95,8192,bf16,none,45.23,,0\n" }
    let validation = try validation(rows.joined())
    let latest = [String](repeating: "vllm", count: 5)
    #expect(validation.runs.map(\.engine) == latest + ["vllm-0.16", "vllm-0.16", "vllm-0.5"])
    #expect(validation.omissions.isEmpty)
  }

  /// Runs that failed (llm-d-planner at commit 875a4fd): gpt-oss-20b at 0.95, whose rows name no format and which is stored
  /// in MXFP4, and Qwen3 14B over five ranks. The same at 0.9 in MXFP4 ran.
  @Test func tellsWhatDidNotStart() throws {
    let validation = try validation(
      """
      openai/gpt-oss-20b,H100-80GB SXM,vllm,0.19.0,1,0.95,8192,,,,,1
      openai/gpt-oss-20b,H100-80GB SXM,vllm,0.19.0,2,0.95,8192,,,,,1
      Qwen/Qwen3-14B,H100-80GB SXM,vllm,0.19.0,5,0.95,8192,,,,,1
      openai/gpt-oss-20b,H100-80GB SXM,vllm,0.19.0,2,0.9,8192,,,,,0

      """)
    #expect(validation.runs.map(\.fits) == [false, false, false, true])
  }

  @Test func placesErrors() throws {
    let error = #expect(throws: Diagnostic.self) {
      try validation("llama-3.1-8b,h100,vllm,0.19.0,1,9,8192,bf16,none,58.11,,0\n")
    }
    #expect(error?.position.map { [$0.line, $0.column] } == [2, 33])
    #expect(error?.message.contains("gpu_memory_utilization") == true)
  }
}
