import Catalog
import Documents
import Foundation
import Quantities
import Testing
import Validation

@Suite("Predicted against measured times")
struct ValidationTests {
  private static let header =
    "hardware,operator,precision,rows,inner,columns,batch,tokens,heads,kv_heads,head_width,seconds,source\n"

  private func validation(_ text: String, hardware: String? = nil) throws -> Validation {
    let path = NSTemporaryDirectory() + "validation-\(UUID().uuidString).csv"
    try Files.write(Array(text.utf8), to: path)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try Validation(measurements: path, hardware: hardware)
  }

  private func refusal(_ text: String) -> String? {
    #expect(throws: Diagnostic.self) { try validation(text) }?.description
  }

  @Test func groupsByDeviceOperatorAndPrecision() throws {
    let rows = """
      a100-80gb-sxm,matmul,fp16,616,4096,12288,1,616,0,0,0,0.0003,x
      a100,matmul,fp16,616,4096,12288,1,616,0,0,0,0.0002,x
      h100-sxm,attention,bf16,0,0,0,1,1024,32,8,128,0.0001,x
      a40,gated_activation,fp16,616,0,11008,1,616,0,0,0,0.0001,x
      """
    let groups = try validation(Self.header + rows).groups
    #expect(groups.map(\.hardware) == ["a100-80gb", "h100-sxm", "a40"])
    #expect(groups.map(\.kind) == ["matmul", "attention", "gated_activation"])
    // Two rows of 2 x 616 x 4096 x 12288 FLOPs at 312 TFLOP/s: 198.7 us. Errors of -33.8 % and -0.6 %.
    #expect(groups[0].ideal.count == 2)
    #expect(abs(groups[0].ideal.median - (0.33755 + 0.00632) / 2) < 1e-4)
    #expect(abs(groups[0].ideal.bias + (0.33755 + 0.00632) / 2) < 1e-4)
    #expect(groups[0].expected.median < 0.5)
    // All that a causal kernel of 1024 tokens must compute: 2 x 1024 x 1025 x 32 x 128 FLOPs at 989.4 TFLOP/s.
    #expect(abs(groups[1].measurements[0].ideal.value - 2.0 * 1024 * 1025 * 4096 / 989.4e12) < 1e-8)
  }

  @Test func whatIsTooFastIsSuspect() throws {
    let rows = "a100,matmul,fp16,4096,4096,4096,1,0,0,0,0,0.0001,x\na100,matmul,fp16,4096,4096,4096,1,0,0,0,0,0.0006,x"
    let validation = try validation(Self.header + rows)
    #expect(validation.suspects.map(\.line) == [2])
    #expect(validation.worst(1).map(\.line) == [2])
    #expect(validation.worst(-1).isEmpty)
    #expect(validation.worst(9).count == 2)
  }

  @Test func onlyOneDevice() throws {
    let rows = "a100,add,fp16,64,0,64,1,0,0,0,0,0.0001,x\nh100,add,fp16,64,0,64,1,0,0,0,0,0.0006,x"
    #expect(try validation(Self.header + rows, hardware: "h100-sxm5").groups.map(\.hardware) == ["h100-sxm"])
  }

  @Test func anUnknownDeviceMattersOnlyIfItIsAskedFor() throws {
    let rows = "nothing,add,fp16,64,0,64,1,0,0,0,0,0.1,x\na100,add,fp16,64,0,64,1,0,0,0,0,0.1,x"
    #expect(try validation(Self.header + rows, hardware: "a100").measurements.map(\.line) == [3])
    #expect(refusal(Self.header + rows)?.contains(":2:1: error: unknown hardware \"nothing\"") ?? false)
  }

  @Test("parts of sequences and tokens are an error, not cut off", arguments: [("1.5,100", 16), ("1,100.7", 18)])
  func wholeNumbers(sizes: String, column: Int) throws {
    let header = "model,precision,batch,prompt_tokens,device,seconds\n"
    let error = try #require(refusal(header + "Vicuna 7B,fp16,\(sizes),a100,0.1"))
    #expect(error.contains(":2:\(column): error: expected the "), "\(error)")
    #expect(error.contains("to be a whole number"), "\(error)")
    #expect(try validation(header + "Vicuna 7B,fp16,2.0,100.0,a100,0.1").measurements.first?.batch == 2)
  }

  /// A picture of 336 pixels has 24 x 24 patches of 14, and a class token.
  @Test func aVisionTowerReadsAsManyTokensAsItHas() throws {
    let rows = [5, 575, 576, 577, 1154].map { "CLIP-ViT-Large-Patch14-336,fp16,1,\($0),a100,0.01\n" }
    let validation = try validation("model,precision,batch,prompt_tokens,device,seconds\n" + rows.joined())
    #expect(validation.measurements.map(\.rows) == [576, 577])
    #expect(validation.omissions == ["3 rows of a vision tower with another number of tokens than it has are left out"])
  }

  @Test func wholePrefillsInAnyUnit() throws {
    let text = """
      model,precision,batch,prompt_tokens,device,phase,n_dev,value,unit
      Vicuna 7B,fp16,1,2048,A100-SXM-80GB,prefill,1,0.133,s
      Vicuna-7B,fp16,,2048,a100,prefill,1,133,ms
      Vicuna-7B,W4A16,1,512,RTX 4090,prefill,,5120,tokens/s
      Vicuna-7B,fp16,1,2048,a100,decode,1,133,ms
      Nothing,fp16,1,2048,a100,prefill,1,133,ms
      Vicuna-7B,fp16,1,2048,a100,prefill,2,133,ms
      """
    let validation = try validation(text)
    #expect(validation.measurements.map(\.measured.value) == [0.133, 0.133, 0.1, 0.133])
    #expect(validation.measurements.map(\.precision) == ["fp16", "fp16", "int4", "fp16"])
    #expect(validation.omissions.count == 2)
    // A file without the column "tp" has the devices share every layer.
    #expect(validation.measurements.map(\.shape).last == "vicuna-7b, 2 devices, 1 x 2048 tokens")
  }

  @Test func severalDevicesShareEveryLayerOrAreLeftOut() throws {
    let text = """
      model,precision,batch,prompt_tokens,device,tp,n_dev,seconds
      Llama-2-70B,fp16,1,2048,a100,4,4,0.377
      Llama-2-70B,fp16,1,2048,a100,4.0,,0.377
      Llama-2-70B,fp16,1,2048,a100,,4.0,0.377
      Llama-2-70B,fp16,1,2048,a100,1,4,0.377
      Llama-2-70B,fp16,1,2048,a100,128,128,0.377
      Llama-2-70B,fp16,1,2048,a100,1000000,1000000,0.377
      Llama-2-70B,fp16,1,2048,Apple M1,2,2,0.377
      CLIP-ViT-Large-Patch14-336,fp16,1,577,a100,2,2,0.377
      """
    let validation = try validation(text)
    #expect(validation.measurements.map(\.devices) == [4, 4, 4])
    #expect(validation.measurements.prefix(3).allSatisfy { $0.shape == "llama-2-70b, 4 devices, 1 x 2048 tokens" })
    #expect(Set(validation.measurements.prefix(3).map(\.expected)).count == 1)
    // Of every device at 312 TFLOP/s: a quarter of 2 x 2048 tokens x 68.45e9 weights, 80 x (2 x 8192^2 + 2 x 8192 x 1024 +
    // 3 x 8192 x 28672), and of the attention to 2048 x 2049 / 2 pairs, 80 x 64 x 4 x 128 FLOPs each: 229.1 ms. Two sums
    // a layer of 2048 x 8192 x 2 bytes over the links, 3/4 of them there and back at 300 GB/s: 26.8 ms. The rest, norms
    // and the like, is less than a tenth.
    let ideal = try #require(validation.measurements.first).ideal.value
    #expect(ideal > 0.2559 && ideal < 0.2815, "\(ideal)")
    #expect(validation.omissions.map { $0.prefix(20) } == ["4 rows of more devic", "1 rows of several de"])
  }

  @Test func devicesAreCounted() throws {
    let header = "model,precision,batch,prompt_tokens,device,tp,seconds\n"
    let error = try #require(refusal(header + "Llama-2-70B,fp16,1,2048,a100,1.5,0.377"))
    #expect(error.contains(":2:30: error: expected tp to be a whole number, found \"1.5\""), "\(error)")
  }

  @Test func whatVidurTimesOfPhiIsTwoSumsAndALayerNorm() throws {
    // As many rows as 108 multiprocessors take at once, 16 each: a layer norm needs one turn, an RMS norm eight.
    let sizes = "2560,1,1728,0,0,0,0.0001,vidur@7d47513:microsoft"
    let rows = ["add", "norm"].flatMap { kind in ["phi-2", "Llama"].map { "a100,\(kind),fp16,1728,0,\(sizes)/\($0)" } }
    let times = try validation(Self.header + rows.joined(separator: "\n")).measurements
    #expect(times[0].expected == times[1].expected * 2)
    #expect(times[0].ideal == times[1].ideal * 2 && times[0].cachedIdeal == times[1].cachedIdeal * 2)
    #expect(times[2].expected < times[3].expected)
    #expect(try validation(Self.header + rows[0]).keeping { $0.kind == "norm" }.groups.isEmpty)
  }

  @Test func aBrokenFileOfTheCatalogIsNoUnknownName() throws {
    let folder = NSTemporaryDirectory() + "validation-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for kind in ["hardware", "models"] {
      try FileManager.default.createDirectory(atPath: "\(folder)/\(kind)", withIntermediateDirectories: true)
    }
    try Files.write(Array("name: my-gpu\nkind: toaster\n".utf8), to: "\(folder)/hardware/my-gpu.yaml")
    let path = "\(folder)/prefills.csv"
    let text =
      "model,precision,batch,prompt_tokens,device,seconds\nVicuna 7B,fp16,1,64,a100,0.1\nVicuna 7B,fp16,1,64,My GPU,1\n"
    try Files.write(Array(text.utf8), to: path)
    let error = try #require(
      #expect(throws: Diagnostic.self) { try Validation(measurements: path, catalog: Catalog(folders: [folder])) })
    #expect(error.file == "\(folder)/hardware/my-gpu.yaml", "\(error)")
  }

  @Test(
    "errors name the field",
    arguments: [
      (
        "a100,matmul,fp16,0,4096,4096,1,0,0,0,0,1,x",
        ":2:18: error: expected the column \"rows\" to be a number from 1.0"
      ),
      ("a100,matmul,fp99,1,4096,4096,1,0,0,0,0,1,x", ":2:13: error: expected a precision"),
      ("a100,matmull,fp16,1,4096,4096,1,0,0,0,0,1,x", ":2:6: error: expected the operator to be one of matmul"),
      ("a100,matmul,fp16,1,4096,4096,1,0,0,0,0,nan,x", ":2:40: error: expected the seconds to be a number"),
      ("a100,matmul,fp16,1,4096,4096,1,0,0,0,0,-1,x", ":2:40: error: expected the seconds to be a number"),
      ("a1000,matmul,fp16,1,1,1,1,0,0,0,0,1,x", ":2:1: error: unknown hardware \"a1000\""),
      ("a100,matmul,fp16,1,1", ":2:1: error: expected 13 fields"),
      ("", "no row can be compared"),
    ])
  func refused(row: String, message: String) throws {
    let error = try #require(refusal(Self.header + row))
    #expect(error.contains(message), "\(error)")
  }

  @Test func medianAndPercentileAreInterpolated() {
    // Errors 0, 0.1, 0.2, 0.3, 0.4: median 0.2; 90 % lie at place 3.6: 0.36; bias 0.04.
    let summary = ErrorSummary(ratios: [1, 1.1, 0.8, 1.3, 0.6])
    #expect(abs(summary.median - 0.2) < 1e-12)
    #expect(abs(summary.percentile90 - 0.36) < 1e-12)
    #expect(abs(summary.bias + 0.04) < 1e-12)
    #expect(ErrorSummary(ratios: []).median == 0)
  }

  @Test("cells are names of the catalog, never paths, and those that it lacks are counted")
  func namesAlone() throws {
    let header = "model,precision,batch,prompt_tokens,device,seconds\n"
    let good = "Vicuna 7B,fp16,1,100,a100,0.1\n"
    let paths = ["/none/x.json", "none.yaml", "../none/config.json", "org/none"]
    let rows = paths.map { "\($0),fp16,1,100,a100,0.1\n" } + paths.map { "vicuna-7b,fp16,1,100,\($0),0.1\n" }
    let prefills = try validation(header + good + rows.joined())
    #expect(prefills.measurements.map(\.line) == [2])
    #expect(
      prefills.omissions == [
        "4 rows of devices that the catalog lacks are left out",
        "4 rows of models that the catalog lacks, or of other precisions are left out",
      ])
    let error = try #require(refusal(Self.header + "./none.yaml,add,fp16,64,0,64,1,0,0,0,0,0.1,x"))
    #expect(error.contains(":2:1: error: unknown hardware \"./none.yaml\""), "\(error)")
  }
}
