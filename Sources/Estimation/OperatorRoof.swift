internal import Operators
package import Hardware
package import Quantities

/// Where an operator stands under the roofs of its device.
package struct OperatorRoof: Sendable {
  /// Work that must be executed, of one occurrence: that of products or, without any, that of the vector units.
  package let work: Double
  /// Bytes that must be moved, of one occurrence.
  package let bytes: Double
  /// The peak of the units that do the work.
  package let peak: Throughput
  /// What the device's bandwidth and that peak let it reach.
  package let roof: Throughput
  /// What it is expected to reach.
  package let rate: Throughput

  /// The place of an operator on a device.
  package init(_ entry: OperatorEstimate, on device: Accelerator) {
    let products = entry.cost.executedFLOPs.value
    work = products > 0 ? products : entry.operation.executedVectorFLOPs.value
    bytes = entry.cost.traffic.total.value
    let bandwidth = device.bandwidth.value.value
    peak = Throughput(entry.ridgePoint.value * bandwidth)
    roof = bytes > 0 ? Throughput(min(peak.value, work / bytes * bandwidth)) : peak
    rate = Throughput(work / entry.expected.value)
  }

  /// Operations for each byte.
  package var intensity: Intensity { Intensity(work / bytes) }
}

extension Accelerator {
  /// The intensity from which on a peak, not the bandwidth, is the bound.
  package func ridgePoint(of peak: Throughput) -> Intensity { peak / bandwidth.value }
}
