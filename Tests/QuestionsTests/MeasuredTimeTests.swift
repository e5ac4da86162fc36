import Catalog
import Documents
import Estimation
import Quantities
import Questions
import Testing

@Suite("Where a measured time differs from the expected one")
struct MeasuredTimeTests {
  private func time(_ seconds: Double, _ phase: MeasuredTime.Phase, _ parts: [(String, [String])]) throws
    -> MeasuredTime
  {
    var question = Question()
    for (name, values) in [("model", ["llama-2-7b"]), ("gpu", ["rtx-4090"]), ("tokens", ["none"])] + parts {
      try question.set(name, to: values)
    }
    return try MeasuredTime(Seconds(seconds), of: phase, question, in: .standard)
  }

  @Test("a time of another engine is explained by that engine")
  func engines() throws {
    let parts = [("precision", ["int4"]), ("generate", ["64"])]
    for engine in ["calm", "llama.cpp", "transformers"] {
      let own = try time(1, .decode, parts + [("engine", [engine])]).expected
      let told = try time(own.value, .decode, parts + [("engine", ["tinychat"])])
      #expect(told.candidates.first?.engine == engine)
      #expect(told.candidates.first?.expected == own)
    }
  }

  /// Llama 2 7B has 13.2 GB of weights in FP16: at 1008 GB/s 13.1 ms, at the share of desktops of 90 % 14.6 ms, at half of that
  /// 29.2 ms, so that a step of 14.6 ms more is explained by 45 % of the bandwidth.
  @Test("the share of the bandwidth that explains a step is found")
  func bandwidth() throws {
    let parts = [("precision", ["fp16"]), ("generate", ["2"]), ("engine", ["calm"])]
    let plain = try time(1, .decode, parts).expected
    let slow = try time(plain.value + 14.6e-3, .decode, parts)
    let cause = try #require(slow.causes.first { $0.name == "bandwidth" })
    #expect(cause.what.hasPrefix("streams at 45 % of the bandwidth in place of 90 %"), "\(cause.what)")
    #expect(abs(try #require(cause.change).value - 14.6e-3) < 1e-9)
    // 32 layers of 0.3 ms are launched in 9.6 ms, which the kernels hide.
    let launches = try #require(slow.causes.first { $0.name == "launch gaps" })
    #expect(try #require(launches.change).value == 0)
  }

  @Test("a time belongs to one row, and to something that is asked for")
  func refusals() throws {
    #expect(throws: Diagnostic.self) { try time(0.1, .prefill, [("precision", ["fp16", "int4"])]) }
    #expect(throws: Diagnostic.self) { try time(0.1, .decode, [("precision", ["fp16"])]) }
    #expect(throws: Diagnostic.self) { try time(0, .prefill, [("precision", ["fp16"])]) }
  }
}
