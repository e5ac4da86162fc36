import Charts
import Foundation
import Testing

/// The colours of series, as people see them who see colours differently: Machado, Oliveira and Fernandes 2009,
/// "A Physiologically-based Model for Simulation of Color Vision Deficiency", severity 1.0.
@Suite("Colours")
struct ThemeTests {
  private static let eyes: [[[Double]]] = [
    [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
  ]

  /// Linear red, green and blue of `#rrggbb` (IEC 61966-2-1).
  private func linear(_ color: String) -> [Double] {
    (0..<3).map { part in
      let digits = color.dropFirst(1 + 2 * part).prefix(2)
      let value = Double(Int(digits, radix: 16) ?? 0) / 255
      return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
  }

  private func luminance(_ color: String) -> Double {
    zip([0.2126, 0.7152, 0.0722], linear(color)).map(*).reduce(0, +)
  }

  /// WCAG 2.2: (L1 + 0.05) / (L2 + 0.05).
  private func contrast(_ a: String, _ b: String) -> Double {
    let sorted = [luminance(a), luminance(b)].sorted()
    return (sorted[1] + 0.05) / (sorted[0] + 0.05)
  }

  /// CIELAB under D65.
  private func lab(_ rgb: [Double]) -> [Double] {
    let matrix = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    let white = [0.9505, 1, 1.089]
    let f = zip(matrix, white).map { row, white in
      let value = zip(row, rgb).map(*).reduce(0, +) / white
      return value > 0.008856 ? cbrt(value) : 7.787 * value + 16 / 116
    }
    return [116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])]
  }

  private func distance(_ a: String, _ b: String, seenBy eye: [[Double]]) -> Double {
    func seen(_ color: String) -> [Double] {
      let rgb = linear(color)
      return lab(eye.map { row in min(1, max(0, zip(row, rgb).map(*).reduce(0, +))) })
    }
    return sqrt(zip(seen(a), seen(b)).map { ($0 - $1) * ($0 - $1) }.reduce(0, +))
  }

  @Test("of series are told apart by every eye", arguments: [Theme.light, Theme.dark])
  func apart(theme: Theme) {
    for (index, color) in theme.series.enumerated() {
      for other in theme.series.dropFirst(index + 1) {
        for eye in Self.eyes { #expect(distance(color, other, seenBy: eye) > 20, "\(color) \(other)") }
      }
    }
  }

  @Test("stand out from the background: signs 3:1, texts 4.5:1 (WCAG 1.4.11, 1.4.3)", arguments: [Theme.light, .dark])
  func contrasts(theme: Theme) {
    for color in theme.series + [theme.reference] { #expect(contrast(color, theme.background) >= 3, "\(color)") }
    for color in [theme.ink, theme.muted] {
      #expect(contrast(color, theme.background) >= 4.5 && contrast(color, theme.panel) >= 4.5, "\(color)")
    }
  }
}
