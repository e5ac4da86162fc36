package import Engines
package import Hardware
package import Operators
internal import Quantities

/// What turns operators into times on one device at one precision: widths, peaks, bandwidths and what kernels reach of them,
/// looked up and divided out once. A flat value.
///
/// The ideal time is the roofline (`seconds`). For the expected time there are few figures per device (`Achieved`: shares
/// of peak and bandwidth, overheads), a few constants for all (constants/kernels.json), no look-up of shapes;
/// `Tools/fit_achieved.py` fits the same formulas to measured times. Every kernel takes
///
///     sqrt[p](work^p + memory^p) + overhead
///
/// where `work` is the time of the arithmetic units at the share of the peak that they reach, and `memory` that of
/// the bytes at the share of the bandwidth. Both run side by side but not perfectly: where they take equally long, a
/// kernel takes longer than either (p = 2.5 for products, 2 for attention; element-wise kernels load, compute and
/// store in turn: p = 1). `overhead` is the start of a kernel, its first loads and last stores. Between two kernels passes
/// a gap.
package struct Rates: Sendable {
  /// What products reach that are computed in one way.
  struct Products: Sendable {
    /// Seconds of a FLOP at the peak.
    let secondsPerPeakFLOP: Double
    /// The same at the share of the peak that one multiprocessor reaches in a product, and in attention.
    let secondsPerFLOP, secondsPerAttentionFLOP: Double
    /// The same of a product of one row, which vector units multiply in FP32.
    let secondsPerRowFLOP: Double
    /// Seconds of a byte at the share of the bandwidth.
    let secondsPerByte: Double
    /// Seconds of a byte of the cache at the share of the bandwidth.
    let cacheSecondsPerByte: Double
    /// Seconds of a byte of packed weights that are unpacked before products of more than a few rows; 0 where none are.
    let unpackSecondsPerByte: Double
    /// How many times longer work takes where all multiprocessors do it and the power limit lowers their clock.
    let perSustained: Double
    let overhead: Double
    /// Whether matrix units do the work.
    let isMatrix: Bool
    /// How rows are divided, of CPUs whose library's way is known.
    let division: RowDivision?

    /// What a device reaches in products that are computed in a way, by kernels alone or by an engine's.
    ///
    /// - Parameter streams: what the engine's kernels reach of the bandwidth, or the device's own.
    init(
      _ arithmetic: Arithmetic, _ hardware: Accelerator, at precision: Precision, by times: EngineTimes?,
      _ streams: Streams
    ) {
      let peak = hardware.peak(of: arithmetic.units(at: precision).matrix)
      let rate = hardware.achieved.products(in: peak.format)
      let isQuantized = arithmetic == .quantizedProduct
      let bits = isQuantized ? precision.weightBits : precision.unquantizedWeightBits
      let inputs = isQuantized ? precision.productInputBits : precision.activationBits
      let work = times?.work(on: hardware.deviceClass, weightBits: bits, inputBits: inputs)
      let fast = work?.sumsInHalf ?? false ? hardware.peakOfHalfSums(in: peak.format) : nil
      let attained = (fast ?? peak.throughput.value) / (work?.factor.value.value ?? 1)
      let bandwidth = hardware.bandwidth.value.value
      let (weights, cache) =
        times == nil ? (rate.bandwidth, rate.bandwidth) : (streams.share(ofWeightBits: bits), streams.cache)
      let unpacking = isQuantized && bits <= 6 ? times?.unpacking : nil
      // No kernel beats the faster of both ways to sum up.
      let bound = max(peak.throughput.value, peak.isMatrix ? hardware.peakOfHalfSums(in: peak.format) ?? 0 : 0)
      secondsPerPeakFLOP = 1 / bound
      secondsPerFLOP = 1 / (attained * rate.peak)
      secondsPerAttentionFLOP = 1 / (attained * hardware.achieved.attention.peak)
      secondsPerRowFLOP = 1 / (hardware.vectorPeak(.fp32).throughput.value * rate.peak)
      secondsPerByte = 1 / (bandwidth * weights)
      cacheSecondsPerByte = 1 / (bandwidth * cache)
      unpackSecondsPerByte = unpacking.map { 1 / (bandwidth * $0.value.value) } ?? 0
      perSustained = 1 / rate.sustained
      overhead = times.map { streams.overhead.value * $0.overhead.value.value } ?? rate.overhead.value
      isMatrix = peak.isMatrix
      division = rate.division
    }
  }

  let widths: Widths
  private let quantized, unquantized, headline: Products
  /// Seconds of a FLOP that is no product's, of a byte from or to memory, and of one on the link in one direction, the
  /// figure being of both together; 0 without a link.
  let secondsPerVectorFLOP, secondsPerByte, secondsPerSentByte: Double
  /// What a message waits for the link.
  let linkLatency: Double
  /// Bytes that the last-level cache holds; 0 where that is not known.
  let lastLevelCache: Double
  /// Multiprocessors that work on tiles at once; 0 where work is cut too finely for it to matter.
  let multiprocessors: Double
  /// Seconds of a byte at the share of the bandwidth, and the overhead, of attention and of element-wise kernels.
  let attentionSecondsPerByte, attentionOverhead, elementwiseSecondsPerByte, elementwiseOverhead: Double
  /// The share of an A40's streams that a multiprocessor reaches.
  let streams: Double

  /// Seconds from the end of a kernel to the start of the next one in a stream and in a graph.
  let streamGap, graphGap: Double
  /// Whether products of one row have kernels of their own, as all engines have.
  let hasRowKernels: Bool

  /// The rates of one of some devices at a precision, which an engine stores in its own way; without one those of kernels
  /// alone.
  package init(
    _ hardware: Accelerator, at precision: Precision, by times: EngineTimes? = nil, devices: Int = 1
  ) {
    let precision = times?.stored(precision) ?? precision
    let achieved = hardware.achieved
    let streams = times?.streams(on: hardware) ?? achieved.streams
    let launch = times.map { streams.overhead.value * $0.overhead.value.value }
    let bandwidth = hardware.bandwidth.value.value
    let vectorPeak = hardware.vectorPeak(.fp32).throughput.value
    func products(_ arithmetic: Arithmetic) -> Products {
      Products(arithmetic, hardware, at: precision, by: times, streams)
    }
    widths = Widths(precision)
    (quantized, unquantized, headline) = (products(.quantizedProduct), products(.unquantized), products(.headline))
    secondsPerVectorFLOP = 1 / vectorPeak
    secondsPerByte = 1 / bandwidth
    // In a full mesh a device has a link of its own to every other one.
    let links = hardware.mesh.map { Double($0 - 1) / Double(min(max(1, devices - 1), $0 - 1)) } ?? 1
    secondsPerSentByte = hardware.interconnect.map { 2 * links / $0.value.value } ?? 0
    linkLatency = hardware.linkLatency.value.value
    lastLevelCache = hardware.lastLevelCache?.value.value ?? 0
    multiprocessors = achieved.multiprocessors ?? 0
    attentionSecondsPerByte = 1 / (bandwidth * achieved.attention.bandwidth)
    attentionOverhead = launch ?? achieved.attention.overhead.value
    elementwiseSecondsPerByte = 1 / (bandwidth * (times == nil ? achieved.elementwise.bandwidth : streams.weights))
    elementwiseOverhead = launch ?? achieved.elementwise.overhead.value
    self.streams = achieved.elementwise.peak
    // What engines' kernels take beyond bytes and arithmetic has the gap in it.
    streamGap = times == nil ? KernelConstants.streamGapSeconds : 0
    graphGap = times == nil ? KernelConstants.graphGapSeconds : 0
    hasRowKernels = times != nil
  }

  /// The rates of products that are computed in a way.
  subscript(arithmetic: Arithmetic) -> Products {
    switch arithmetic {
    case .quantizedProduct: quantized
    case .unquantized: unquantized
    case .headline: headline
    }
  }

  /// The roofline: how long one occurrence of an operator keeps each resource busy at least. FLOPs that must be executed
  /// over the peaks of the units that compute them, bytes over the bandwidth, bytes that must cross the link over that.
  ///
  /// Work on a headline peak counts as `compute`, whatever it is.
  @inline(__always)
  func seconds(_ operation: borrowing Operator, _ bytes: Double) -> SIMD4<Double> {
    let (work, vector) = (operation.executedFLOPs.value, operation.executedVectorFLOPs.value)
    let sent = sentBytes(operation) * secondsPerSentByte
    let memory = bytes * secondsPerByte
    let vectors = vector * secondsPerVectorFLOP
    switch operation.arithmetic {
    case .quantizedProduct: return SIMD4(work * quantized.secondsPerPeakFLOP, vectors, memory, sent)
    case .unquantized: return SIMD4(work * unquantized.secondsPerPeakFLOP, vectors, memory, sent)
    case .headline: return SIMD4((work + vector) * headline.secondsPerPeakFLOP, 0, memory, sent)
    }
  }

  /// Bytes that an operator must send over the link.
  @inline(__always)
  func sentBytes(_ operation: borrowing Operator) -> Double {
    guard case .collective(let transfer) = operation.kernel else { return 0 }
    return transfer.elements * (transfer.areInputs ? widths.productInput : widths.activation)
  }

  /// The price of operators, the expected time included where it is asked for; `products` remembers those of products.
  ///
  /// Of `passes` passes that grow evenly the list has the operators of the first, so many as `first`, and then those of
  /// the last.
  func price(
    _ operators: [Operator], first middle: Int, passes: Double = 1, launch: Launch, expecting: Bool,
    products: inout ProductMemory
  ) -> Price {
    var price = Price()
    var expected = 0.0
    for index in 0..<middle {
      let count = Double(operators[index].repeatCount)
      guard passes > 1, operators[index].kernel.streamsAlone else {
        let bytes = price.add(operators[index], self, occurrences: count * passes)
        let seconds = seconds(operators[index], bytes)
        price.add(seconds, occurrences: count * passes)
        if expecting {
          expected +=
            expectedSeconds(operators[index], bytes, ideal: seconds, launch, products: &products) * count * passes
        }
        continue
      }
      let bytes = price.add(operators[index], self, occurrences: count * passes / 2)
      let endBytes = price.add(operators[index + middle], self, occurrences: count * passes / 2)
      let first = seconds(operators[index], bytes)
      let last = seconds(operators[index + middle], endBytes)
      price.secondsByBound.values += first.sumsOfLargest(to: last, count: passes) * count
      if expecting {
        let terms = cacheTerms(operators[index], bytes, first)
        let endTerms = cacheTerms(operators[index + middle], endBytes, last)
        let gaps = gap(after: operators[index], launch) * passes
        expected += (terms.sumsOfLargest(to: endTerms, count: passes).sum() + gaps) * count
      }
    }
    if expecting { price.expectedSeconds = Seconds(expected) }
    return price
  }

  /// The intensity from which on products computed in a way, or for nil vector work, are bound by arithmetic.
  func ridgePoint(of arithmetic: Arithmetic?) -> Intensity {
    Intensity(secondsPerByte / (arithmetic.map { self[$0].secondsPerPeakFLOP } ?? secondsPerVectorFLOP))
  }

  /// The ideal time of some operators, by which tables choose between ways to do the same work.
  var idealSeconds: OperatorList.Cost {
    { operators, range in
      var sum = 0.0
      for index in range {
        sum += self.seconds(operators[index], Traffic(operators[index].moves, self.widths).total.value).max()
      }
      return sum
    }
  }

  /// The price of operators without any memory of products.
  func price(_ operators: [Operator], launch: Launch, expecting: Bool = false) -> Price {
    var products = ProductMemory(slots: 0)
    return price(operators, first: operators.count, launch: launch, expecting: expecting, products: &products)
  }
}

/// How an engine hands kernels to a device.
package enum Launch: Sendable, Hashable {
  /// One by one into a stream, ahead of time: passes of many tokens, no two of which are alike.
  case stream
  /// All at once as a recorded graph: passes of few tokens, steps of decoding among them.
  case graph
}
