internal import Hardware
internal import Operators
internal import Quantities

extension ExpectedTime {
  /// Products on devices that have no multiprocessors to share tiles.
  ///
  /// One row is a matrix times a vector: vector units multiply the weights as they stream in, with the bandwidth of
  /// streams, that of element-wise kernels (which `roofline calibrate` measures with such products, too). More rows cost
  /// what libraries do first: they copy the weights into the order of their kernels, which the share of the bandwidth has
  /// in it. Where it is known how the rows are divided, copying and multiplying come in turn, as OpenBLAS does them.
  func product(_ cost: Cost, rows: Double) -> Seconds {
    let peak = hardware.peak(of: cost.matrixUnit)
    var rate = hardware.achieved.products(in: peak.format)
    if rows == 1 {
      rate.bandwidth = hardware.achieved.elementwise.bandwidth
      return Seconds(matrixVector(cost, rate)) + rate.overhead
    }
    guard let division = rate.division else { return untiled(cost) }
    let work = cost.flops.value / (peak.throughput.value * rate.peak * rate.sustained)
    let memory = cost.traffic.total.value / (hardware.bandwidth.value.value * rate.bandwidth)
    return Seconds(memory + work * division.wideRows(rows) / rows) + rate.overhead
  }
}
