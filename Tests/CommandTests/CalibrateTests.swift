import Foundation
import Testing

@Suite("roofline calibrate, before it measures")
struct CalibrateTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test("a file that cannot be written is found out at once")
  func unwritable() throws {
    let path = "\(folder.path)/none/host.yaml"
    // Measuring takes longer than a call of a test may.
    expectDataError(
      try Command.run(["calibrate", "--output", path], environment: Self.withoutBLAS(folder)), at: path, "")
    expectWrongCall(
      try Command.run(["calibrate", "--output", folder.path]), "expected a file named *.yaml in it, found the folder")
    #expect(try folder.contents().allSatisfy { $0.hasPrefix("libopenblas") })
  }

  #if os(Linux)
    @Test("an OpenBLAS that is there but broken is not said to be missing")
    func brokenLibrary() throws {
      let path = "\(folder.path)/host.yaml"
      let run = try Command.run(["calibrate", "--output", path], environment: Self.withoutBLAS(folder))
      #expect(run.code == 1 && run.output == "")
      #expect(run.error.contains("error: calibration needs OpenBLAS, which is there but cannot be loaded ("))
      #expect(run.error.contains("libopenblas.so.0: file too short); install it (apt install libopenblas0"))
      #expect(try folder.contents() == ["libopenblas.so", "libopenblas.so.0"])
    }
  #endif

  /// An environment whose loader finds only empty files first.
  private static func withoutBLAS(_ folder: TemporaryFolder) throws -> [String: String] {
    for name in ["libopenblas.so", "libopenblas.so.0"] { try folder.write(name, []) }
    return ["LD_LIBRARY_PATH": folder.path]
  }
}
