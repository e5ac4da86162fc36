import Catalog
import Documents
import Engines
import Estimation
import Foundation
import Hardware
import Quantities
import Testing
import Validation

@Suite("Times of engines against measured ones")
struct EngineValidationTests {
  private func file(_ text: String) throws -> String {
    let path = NSTemporaryDirectory() + "engines-\(UUID().uuidString).csv"
    try Files.write(Array(text.utf8), to: path)
    return path
  }

  private func validation(_ text: String) throws -> EngineValidation {
    let path = try file(text)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try EngineValidation(measurements: path)
  }

  private static let header =
    "device,model,precision,engine,batch,prompt_tokens,context_tokens,generated,phase,seconds,devices,source\n"

  @Test("a file with a column of engines has times of engines, others have not")
  func kinds() throws {
    for (header, isOfEngines) in [
      (Self.header, true), ("model,framework,precision,device,prompt_tokens,value,unit\n", true),
      ("model,precision,device,prompt_tokens,seconds\n", false), ("hardware,operator,engine,seconds\n", false),
    ] {
      let path = try file(header)
      defer { try? FileManager.default.removeItem(atPath: path) }
      #expect(try EngineValidation.reads(path) == isOfEngines, "\(header)")
    }
  }

  @Test("names that nobody knows are errors, each with its count, and every other row is compared")
  func unknownNames() throws {
    let row = "1,64,0,10,decode,0.02,1,x\n"
    let text =
      Self.header + "a100,llama-2-7b,fp16,vllm,\(row)" + "a100,llama-2-7b,fp16,Nothing 2,\(row)"
      + "a100,llama-2-7b,fp16,Nothing 2,\(row)" + "a100,Unheard of,fp16,vllm,\(row)" + "a100,llama-2-7b,q17,vllm,\(row)"
    let validation = try validation(text)
    #expect(validation.runs.map(\.line) == [2])
    #expect(
      validation.unknown.map(\.message) == [
        "2 rows name the engine \"Nothing 2\", which is not known",
        "1 row names the model \"Unheard of\", which is not known",
        "1 row names the precision \"q17\", which is not known",
      ])
  }

  /// 0.25 of 576 patches are 144, and one more token stands for the rest; FastV keeps all of them in the first layers.
  @Test("a reducer leaves of a picture what it leaves of the usual sample")
  func reduced() throws {
    let row = "h100-sxm,llava-1.5-7b,fp16,transformers,1,40,0,0,ttft,0.1,1,x,"
    let header = Self.header.dropLast() + ",reducer\n"
    let runs = try validation(header + row + "prumerge:ratio=0.25\n" + row + "\"fastv:K=2,R=0.5\"\n").runs
    #expect(runs.map(\.shape) == ["llava-1.5-7b, 1 x 40 + 145", "llava-1.5-7b, 1 x 40 + 576"])
  }

  @Test(
    "engines are found by what people write",
    arguments: [
      ("ollama (llama.cpp) Q4_K_M", "llama.cpp"), ("vLLM 0.6 ROCm", "vllm-0.16"),
      ("HF transformers eager", "transformers"),
      ("gpt-fast", "torch-compile"), ("Optimum-NVIDIA", "tensorrt-llm"), ("calm Metal", "calm"),
      ("llama.cpp May 2024 (CUDA 12.1 / Metal)", "llama.cpp"),
    ])
  func engines(text: String, name: String) throws {
    let row = "a100,llama-2-7b,fp16,\"\(text)\",1,64,0,10,decode,0.02,1,x\n"
    #expect(try validation(Self.header + row).runs.map(\.engine) == [name])
  }

  @Test("a field that speaks of two engines is not of one of them")
  func twoEngines() throws {
    let rows = ["vllm", "HF fp16 / TinyChat W4"].map { "a100,llama-2-7b,fp16,\($0),1,64,0,10,decode,0.02,1,x\n" }
    let validation = try validation(Self.header + rows.joined())
    #expect(validation.runs.map(\.engine) == ["vllm"] && validation.unknown.map(\.kind) == ["engine"])
  }

  /// 2 x 100 tokens at 5000 tokens/s take 0.04 s; a step of 4 sequences at 200 tokens/s 0.02 s; 4 x 50 tokens at 100
  /// tokens/s 2 s.
  @Test("rates of tokens are times of all sequences")
  func rates() throws {
    let text = """
      model,framework,precision,device,batch,prompt_tokens,new_tokens,phase,value,unit
      llama-2-7b,vllm,F16,RTX A6000 48GB,2,100,,prefill,5000,tokens/s
      meta-llama/Llama-2-7b-hf,vllm,fp16,A100 80GB,4,0.0,50,decode,200,tokens/s
      llama-2-7b,vllm,fp16,a100,4,10,50,throughput,100,tokens/s
      """
    let runs = try validation(text).runs
    #expect(runs.map(\.measured.value) == [0.04, 0.02, 2])
    #expect(runs.map(\.hardware) == ["a6000", "a100-80gb", "a100-80gb"])
    #expect(runs.map(\.phase) == [.prefill, .decode, .request])
  }

  @Test("rows of servers count where one batch runs from its beginning to its end")
  func servers() throws {
    let header =
      "device,devices,parallelism,model,precision,engine,engine_version,input_tokens,output_tokens,concurrency,"
      + "request_rate,ttft_mean_s,tpot_mean_s,output_tokens_per_s_total,note\n"
    let text =
      header + "A100 (40 GB SXM by the paper),1,tp1,llama-2-7b,fp16,vLLM,2024,128,128,4,\"offline, one batch\",,,256,\n"
      + "H100-80GB,1,tp1,llama-2-7b,fp16,vllm,0.19.0,128,128,1,inf,0.03,0.008,,\n"
      + "H100-80GB,1,tp1,llama-2-7b,fp16,vllm,0.12.0,128,128,8,inf,0.03,0.008,,\n"
      + "H100-80GB,1,tp1,llama-2-7b,fp16,vllm,0.12.0,128,128,1,inf,0.03,0.008,,FLAG doubtful\n"
      + "H100-80GB,1,tp1,llama-2-7b,fp16,vllm,0.12.0,ShareGPT mean,128,1,inf,0.03,0.008,,\n"
    let validation = try validation(text)
    // 4 x 128 tokens at 256 tokens/s.
    #expect(validation.runs.map(\.measured.value) == [2, 0.03, 0.008])
    #expect(validation.runs.map(\.hardware) == ["a100-40gb", "h100-sxm", "h100-sxm"])
    #expect(validation.runs.map(\.engine) == ["vllm-0.5", "vllm", "vllm"])
    #expect(validation.omissions.count == 3, "\(validation.omissions)")
  }

  /// A field is of the engine that it begins with, whatever else it speaks of, and of the version behind that: the first
  /// file of vLLM is of versions before 0.6, llama.cpp has no file of a version.
  @Test(
    "engines are known by what they begin with",
    arguments: [
      ("sglang (vllm kernels)", "0.4.0", "sglang"), ("vllm", "0.1.7", "vllm-0.5"),
      ("vLLM 0.16 with flashinfer", "", "vllm-0.16"),
      ("vllm", "0.0.9", nil), ("ollama (llama.cpp)", "0.12.3", "llama.cpp"),
      ("TensorRT-LLM", "2024", "tensorrt-llm-2024"),
      ("vLLM", "main", "vllm"), ("vllm / sglang", "", nil),
    ])
  func engineNames(_ name: String, _ version: String, _ engine: String?) throws {
    let text =
      "device,devices,parallelism,model,precision,engine,engine_version,input_tokens,output_tokens,concurrency,"
      + "request_rate,ttft_mean_s,tpot_mean_s,output_tokens_per_s_total,note\n"
      + "H100-80GB,1,tp1,llama-2-7b,fp16,\(name),\(version),128,128,1,inf,0.03,,,\n"
      // One that is known, so that there is something to compare.
      + "H100-80GB,1,tp1,llama-2-7b,fp16,vllm,0.19.0,128,128,1,inf,0.03,,,\n"
    #expect(try validation(text).runs.dropLast().map(\.engine) == [engine].compactMap(\.self))
  }

  /// Of 10, 12 and 20 ms the median is 12: 2, 0 and 8 ms off, a sixth in the median.
  @Test("repeated times have a spread, whoever measured them")
  func spread() throws {
    let rows = [
      "vllm,1,64,0,10,decode,0.010,1,a", "vllm,1,64,0,10,decode,0.012,1,b", "vllm,1,64,0,10,decode,0.020,1,c",
    ]
    let validation = try validation(Self.header + rows.map { "a100,llama-2-7b,fp16,\($0)\n" }.joined())
    let group = try #require(validation.groups.first)
    #expect(validation.groups.count == 1 && group.sources == ["a", "b", "c"])
    #expect(abs(try #require(group.spread) - 1.0 / 6) < 1e-12)
  }

  @Test("a source's name is its repository or page, whatever file and version")
  func sourceNames() throws {
    let names = [
      "github mit-han-lab/llm-awq@d6e797a tinychat/README.md", "github mit-han-lab/llm-awq tinychat/README.md, more",
      "github ggml-org/llama.cpp discussions/4167 (table)", "https://github.com/a/b/issues/3",
    ]
    let rows = names.map { "a100,llama-2-7b,fp16,vllm,1,64,0,10,decode,0.02,1,\"\($0)\"\n" }
    #expect(
      try validation(Self.header + rows.joined()).runs.map(\.sourceName) == [
        "mit-han-lab/llm-awq", "mit-han-lab/llm-awq", "ggml-org/llama.cpp discussions/4167", "a/b/issues/3",
      ])
  }

  /// Times that the file of the engine itself gives with another step: the fit must find that step again.
  @Test("a fit finds the host's time of a step again, and its file reads as an engine")
  func fit() throws {
    let models = ["llama-2-7b", "llama-2-13b", "llama-3.1-8b"]
    func text(_ seconds: [Double]) -> String {
      Self.header
        + zip(models, seconds).map { "a100,\($0),fp16,vllm,1,64,0,10,decode,\($1),1,x\n" }.joined()
    }
    let expected = try validation(text([1, 1, 1])).runs.map(\.expected.value)
    let slow = try validation(text(expected.map { $0 + 4e-3 }))
    let fitted = try FittedEngine(slow, of: Catalog.standard.engine("vllm"))
    #expect(fitted.after.errors.median < 0.02 && fitted.before.errors.median > 0.1)
    let engine = try Engine(file: YAML.parse(Array(fitted.file.utf8), file: "fitted.yaml"))
    let step = try #require(engine.times).step.value.value
    // 2.4 ms and 4 more, but for what the overhead of kernels may take of it.
    #expect((4.5e-3...7e-3).contains(step), "\(step)")
    #expect(engine.name == "vllm-fitted" && engine.needsWholeShares)
    #expect(throws: Diagnostic.self) { try FittedEngine(slow, of: Catalog.standard.engine("calm")) }
  }

  /// Two sources measure the same three steps, one of them twice as long as the other: without itself each is judged by the
  /// other's figures, so that the errors are far larger than those of a fit to both.
  @Test("a source that is left out has no part in the figures that judge it")
  func leftOut() throws {
    let models = ["llama-2-7b", "llama-2-13b", "llama-3.1-8b"]
    func rows(_ factor: Double, _ source: String) throws -> String {
      let plain = models.map { "a100,\($0),fp16,vllm,1,64,0,10,decode,1,1,x\n" }.joined()
      let expected = try validation(Self.header + plain).runs.map(\.expected.value)
      return zip(models, expected).map { "a100,\($0),fp16,vllm,1,64,0,10,decode,\($1 * factor),1,\(source)\n" }.joined()
    }
    let study = try LeftOutSources(try validation(Self.header + rows(1, "a") + rows(1.6, "b")))
    #expect(study.leftOut.errors.median > 1.3 * study.fitted.errors.median)
    #expect(study.judged.runs.map(\.expected) == study.leftOut.runs.map(\.expected))
    // One class of two sources and six rows has a range; no source is judged by a range of two others.
    #expect(study.ranges.map(\.rows) == [6] && study.covered.rows == 0)
    let alone = try LeftOutSources(try validation(Self.header + rows(1, "a")))
    #expect(alone.judged.runs.map(\.expected) == alone.fitted.runs.map(\.expected) && alone.ranges.isEmpty)
  }
}
