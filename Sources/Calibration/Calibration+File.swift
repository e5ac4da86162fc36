internal import Quantities

extension Calibration {
  /// The hardware file of this machine, named `host`.
  ///
  /// `date` is written into its source. OpenBLAS multiplies in FP32 and FP64; narrower formats run at FP32's rate.
  package func hardwareFile(date: String) -> String {
    func figure(_ value: some Quantity) -> String { value.formatted(significantDigits: 4) }
    let capacity = memory.map { "\n  capacity: { value: \(figure($0)), source: system }" } ?? ""
    let cacheLine = cache.map { "last_level_cache: { value: \(figure($0)), source: system }\n" } ?? ""
    let cacheNote = cacheBandwidth.map { "\n  - \"Half of the last-level cache is read at \(figure($0)).\"" } ?? ""
    let division = parts.map { "parts: \($0), " } ?? ""
    let time = (overhead.value * 1e6).fixed(3)
    return """
      # Written by `roofline calibrate`; changes made here are lost when it runs again.
      name: host
      title: This machine
      vendor: unknown
      kind: cpu
      vector:
        fp64: { value: \(figure(double)), source: calibrate }
        fp32: { value: \(figure(single)), source: calibrate }
      memory:
        bandwidth: { value: \(figure(bandwidth)), source: calibrate }\(capacity)
      \(cacheLine)achieved:
        products:
          fp32: { peak: \(products.peak.fixed(3)), bandwidth: \(products.bandwidth.fixed(3)), \(division)overhead: \(time) us, source: calibrate }
        elementwise: { bandwidth: \(max(0.001, elementwise).fixed(3)), overhead: \(time) us, source: calibrate }
      sources:
        calibrate: "roofline calibrate, \(date), \(cores) \(cores == 1 ? "core" : "cores"), \(library.filter { $0 != "\"" && $0 != "\\" })"
        system: "the operating system"
      notes:
        - "Products of 2 to 640 rows, to which the shares are fitted, err by \((fitError * 100).fixed(1)) % in the median."
        - "Peaks are those of OpenBLAS: the best rate of any product, and of reading memory, that was measured."
        - "One core: \(figure(oneCore.peak)) in FP32, \(figure(oneCore.bandwidth))."\(cacheNote)

      """
  }
}
