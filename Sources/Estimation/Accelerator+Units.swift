package import Hardware
package import Operators

extension Accelerator {
  /// The peak of the units that are asked for.
  package func peak(of unit: ArithmeticUnit) -> Peak {
    switch unit {
    case .matrix(let format): matrixPeak(format)
    case .vector(let format): vectorPeak(format)
    case .headline(let format): headlinePeak(format)
    }
  }
}
