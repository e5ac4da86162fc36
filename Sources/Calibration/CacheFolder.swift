internal import Documents

/// What Linux says of the caches of the processors, in `/sys/devices/system/cpu`.
struct CacheFolder {
  var folder = "/sys/devices/system/cpu"
  /// Where it says which processors this program may use.
  var status = "/proc/self/status"

  /// Bytes of the caches of the highest level that the processors have which this program may use, each cache counted
  /// once however many of them share it; nil if the folder does not say.
  var lastLevel: Double? {
    let caches = processors.flatMap(caches)
    guard let highest = caches.map(\.level).max() else { return nil }
    let sizes = Dictionary(caches.filter { $0.level == highest }.map { ($0.shared, $0.bytes) }) { max($0, $1) }
    return Double(sizes.values.reduce(0, +))
  }

  /// The processors of the folder that this program may use; all of them if that is not said.
  private var processors: [Int] {
    let names = (try? Files.names(in: folder, suffixes: [""])) ?? []
    let all = names.compactMap { $0.hasPrefix("cpu") ? Int($0.dropFirst(3)) : nil }
    let line = text(status)?.split(separator: "\n").first { $0.hasPrefix("Cpus_allowed_list:") }
    guard let ranges = line?.split(separator: ":").last.map({ Self.ranges($0) }), !ranges.isEmpty else { return all }
    return all.filter { processor in ranges.contains { $0.contains(processor) } }
  }

  private struct Cache {
    var level: Int
    var bytes: Int
    /// The processors that share it.
    var shared: String
  }

  /// The caches of a processor that hold data.
  private func caches(_ processor: Int) -> [Cache] {
    let path = "\(folder)/cpu\(processor)/cache"
    let names = ((try? Files.names(in: path, suffixes: [""])) ?? []).filter { $0.hasPrefix("index") }
    return names.compactMap { name in
      guard let level = text("\(path)/\(name)/level").flatMap({ Int($0) }), (1...9).contains(level),
        text("\(path)/\(name)/type") != "Instruction", let bytes = text("\(path)/\(name)/size").flatMap(Self.bytes)
      else { return nil }
      return Cache(level: level, bytes: bytes, shared: text("\(path)/\(name)/shared_cpu_list") ?? "\(processor)")
    }
  }

  private func text(_ path: String) -> String? {
    guard let bytes = try? Files.read(path, limit: 1 << 20), let text = String(validating: bytes, as: UTF8.self) else {
      return nil
    }
    return String(text.split(whereSeparator: \.isNewline).joined(separator: "\n"))
  }

  /// The bytes of `32768K` or `32M`; at most 1 TiB.
  private static func bytes(_ text: String) -> Int? {
    let units: [Character: Int] = ["K": 1 << 10, "M": 1 << 20, "G": 1 << 30]
    guard let last = text.last else { return nil }
    let unit = units[last] ?? 1
    guard let count = Int(unit > 1 ? text.dropLast() : text[...]), (1...(1 << 40) / unit).contains(count) else {
      return nil
    }
    return count * unit
  }

  /// The ranges of `0-7,64,66-71`; without what cannot be read.
  private static func ranges(_ list: Substring) -> [ClosedRange<Int>] {
    list.split(separator: ",").compactMap { item in
      let ends = item.split(separator: "-").map { Int(String($0.filter { !$0.isWhitespace })) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last else { return nil }
      return first...last
    }
  }
}
