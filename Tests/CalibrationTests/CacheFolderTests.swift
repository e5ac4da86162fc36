import Foundation
import Testing

@testable import Calibration

/// What Linux says of caches, in folders as it writes them.
@Suite final class CacheFolderTests {
  private let folder = NSTemporaryDirectory() + "caches-\(UUID().uuidString)"

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func write(_ name: String, _ text: String) throws {
    let file = URL(fileURLWithPath: "\(folder)/\(name)")
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data("\(text)\n".utf8).write(to: file)
  }

  private func cache(
    _ processor: Int, _ index: Int, level: Int, _ size: String, _ type: String = "Unified", sharedBy list: String
  ) throws {
    let place = "cpu\(processor)/cache/index\(index)"
    for (name, text) in [("level", "\(level)"), ("size", size), ("type", type), ("shared_cpu_list", list)] {
      try write("\(place)/\(name)", text)
    }
  }

  /// Two chiplets of two processors with 32 MiB each; a first level of instructions is no cache of data.
  private func chiplets() throws {
    for processor in 0..<4 {
      try cache(processor, 0, level: 1, "48K", "Data", sharedBy: "\(processor)")
      try cache(processor, 1, level: 2, "1024K", sharedBy: "\(processor)")
      try cache(processor, 2, level: 3, "32768K", sharedBy: processor < 2 ? "0-1" : "2-3")
      try cache(processor, 3, level: 4, "64M", "Instruction", sharedBy: "0-3")
    }
    try write("cpufreq/anything", "1")
  }

  private func lastLevel(allowed: String?) throws -> Double? {
    if let allowed { try write("status", "Name:\troofline\nCpus_allowed_list:\t\(allowed)\nMems_allowed_list:\t0") }
    return CacheFolder(folder: folder, status: "\(folder)/status").lastLevel
  }

  @Test(
    "caches count once, and only those of the processors that may be used",
    arguments: [
      ("0-3", 67_108_864.0), ("0,2", 67_108_864), ("0-1", 33_554_432), ("3", 33_554_432), (nil, 67_108_864),
      ("nonsense", 67_108_864),
    ] as [(String?, Double)])
  func slices(allowed: String?, bytes: Double) throws {
    try chiplets()
    #expect(try lastLevel(allowed: allowed) == bytes)
  }

  @Test func withoutAThirdLevelTheSecondIsTheLast() throws {
    try cache(0, 0, level: 2, "2M", sharedBy: "0")
    try cache(1, 0, level: 2, "2M", sharedBy: "1")
    #expect(try lastLevel(allowed: "0-1") == 4_194_304)
  }

  @Test(arguments: ["", "-1K", "K", "99999999999999999999K", "9223372036854775807G", "many"])
  func sizesThatAreNone(size: String) throws {
    try cache(0, 0, level: 3, size, sharedBy: "0")
    #expect(try lastLevel(allowed: "0") == nil)
  }

  @Test func noFolder() { #expect(CacheFolder(folder: "\(folder)/none", status: folder).lastLevel == nil) }
}
