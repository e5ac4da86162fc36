/// Devices whose kernels behave alike, as far as published times tell them apart.
package enum DeviceClass: String, Sendable, Hashable, CaseIterable {
  /// GPUs of desktops and workstations: GDDR memory.
  case consumer
  /// GPUs of servers with GDDR memory.
  case server
  /// NVIDIA's GPUs with HBM.
  case hbm
  /// AMD's GPUs for servers.
  case amd
  /// Apple's chips.
  case apple
  /// Apple's chips of two dies.
  case appleUltra = "apple_ultra"
  /// NVIDIA's modules for robots.
  case jetson
  /// Intel's Gaudi.
  case gaudi
  /// Google's TPUs.
  case tpu
  /// CPUs.
  case cpu
  /// Everything else.
  case other

  /// The class of a device whose file names none: by what it is, its vendor, how much faster matrix units are than vector
  /// units (those of desktops about twice as fast) and its bandwidth.
  static func typical(
    of kind: Accelerator.Kind, vendor: String, title: String, matrixAdvantage: Double?, bandwidth: Double
  ) -> DeviceClass {
    switch (kind, vendor) {
    case (.gpu, "AMD"): .amd
    case (.gpu, "NVIDIA"):
      matrixAdvantage.map { $0 <= 2.5 } ?? false ? .consumer : bandwidth >= 1.2e12 ? .hbm : .server
    case (.soc, "Apple"): title.contains("Ultra") ? .appleUltra : .apple
    case (.soc, "NVIDIA"): .jetson
    case (.accelerator, "Intel"): .gaudi
    case (.tpu, "Google"): .tpu
    case (.cpu, _): .cpu
    case (.gpu, _), (.soc, _), (.accelerator, _), (.tpu, _): .other
    }
  }
}
