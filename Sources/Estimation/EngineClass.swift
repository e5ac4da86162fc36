package import Engines
package import Hardware
package import Operators
internal import Quantities

/// Times of engines whose errors are alike: of one class of devices, one kind of engine, one phase, weights of one width.
package struct EngineClass: Sendable, Hashable {
  /// What was measured.
  package enum Phase: String, Sendable, Hashable, CaseIterable {
    /// Prefills and times to the first token.
    case prefill
    /// Steps of decoding.
    case decode
    /// Whole requests, and throughputs of batches that start and end together.
    case request
  }

  /// How kernels are launched.
  package enum Kind: String, Sendable, Hashable, CaseIterable {
    /// One by one by an interpreter.
    case interpreted
    /// In a stream or as a graph by a program.
    case compiled
  }

  /// The devices; Apple's chips of one die and of two are one class.
  package let devices: DeviceClass
  /// How kernels are launched.
  package let kind: Kind
  /// What was measured.
  package let phase: Phase
  /// Bits of the weights: 4, 8 or 16.
  package let bits: Int

  init(_ devices: DeviceClass, _ kind: Kind, _ phase: Phase, _ bits: Int) {
    (self.devices, self.kind, self.phase, self.bits) = (devices, kind, phase, bits)
  }

  /// The class of a phase of an engine on a device at a precision.
  package init(_ device: Accelerator, _ times: EngineTimes, _ phase: Phase, _ precision: Precision) {
    self.init(
      device.deviceClass == .appleUltra ? .apple : device.deviceClass,
      times.layer.value > .zero ? .interpreted : .compiled, phase,
      EngineTimes.bits(ofWeights: precision.weightBits))
  }

  /// The class as text, for example `hbm compiled decode 16 bits`.
  package var title: String { "\(devices.rawValue) \(kind.rawValue) \(phase.rawValue) \(bits) bits" }
}
