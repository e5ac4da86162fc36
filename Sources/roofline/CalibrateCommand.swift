internal import ArgumentParser
internal import Calibration
internal import RooflineKit

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// `roofline calibrate`: measures this machine, which `--gpu host` then means.
struct CalibrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate", abstract: "Measure this machine; --gpu host then means it.",
    discussion: """
      Takes about 25 seconds and needs OpenBLAS. Writes hardware/host.yaml into the first folder of ROOFLINE_CATALOG or, \
      without one, into ~/.config/roofline, where every command looks.
      """)

  @Option(
    help: ArgumentHelp("Write the hardware file to this path instead; - is standard output.", valueName: "file"))
  var output: String?

  func validate() throws {
    if let output, output != "-" { _ = try OutputName(output, for: ".yaml", holding: "a hardware file") }
  }

  func run() throws {
    let path = try output == "-" ? "/dev/stdout" : output ?? Self.defaultPath()
    try OutputFile.check(path)
    let calibration = try Calibration { step in Console.progress("measuring: \(step)") }
    Console.progress(nil)
    let text = calibration.hardwareFile(date: Self.today())
    // What is written can be read again, or nothing is written.
    let device = try Accelerator(file: YAML.parse(Array(text.utf8), file: path))
    try Interrupts.uninterrupted { () throws(Diagnostic) in
      try Files.write(Array(text.utf8), to: path)
      if output == "-" { return }
      try OutputOptions.print(.show(device), as: .table)
      try Console.write("\n")
      try Console.say("Written to \(path)")
    }
  }

  private static func defaultPath() throws(Diagnostic) -> String {
    let listed = (Environment["ROOFLINE_CATALOG"] ?? "").split(separator: ":").first.map(String.init)
    guard let folder = listed ?? CatalogOptions.userFolder else {
      throw Diagnostic("neither ROOFLINE_CATALOG nor HOME is set; say where to write with --output")
    }
    let path = "\(folder)/hardware"
    for end in path.indices where path[end] == "/" && end > path.startIndex {
      try Files.makeFolder(String(path[..<end]))
    }
    try Files.makeFolder(path)
    return "\(folder)/hardware/host.yaml"
  }

  /// The date as `2025-01-31`.
  private static func today() -> String {
    var now = time(nil)
    var parts = tm()
    localtime_r(&now, &parts)
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(parts.tm_year + 1900)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
  }
}
