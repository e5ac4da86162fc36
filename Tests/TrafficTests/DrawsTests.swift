import Testing

@testable import Traffic

/// Expected numbers come from a program of ten lines written from rules 33 and 34 of Documentation/scheduler.md in Python.
@Suite("Draws")
struct DrawsTests {
  @Test("are those of the documented stream")
  func documented() {
    var gaps = Draws(seed: 7, .gaps)
    #expect((0..<3).map { _ in gaps.bits() } == [0x9C01_4791_61BC_5D78, 0x68BF_FCD4_B372_EF48, 0xFF2A_2AF9_7C9C_6861])
    var drafts = Draws(seed: 7, draftsOf: 5)
    #expect(
      (0..<4).map { _ in drafts.bits() } == [
        0x7F64_9C4E_A46D_41DA, 0xCA66_6A63_D37E_3D95, 0xE0E5_F468_1B40_7C7F, 0x9661_5675_B865_56A7,
      ])
    var later = Draws(seed: 7, draftsOf: 5, from: 3)
    #expect(later.bits() == 0x9661_5675_B865_56A7)
    var texts = Draws(seed: 7, .text)
    #expect((0..<3).map { _ in texts.uniform() } == [0.16798203294970526, 0.052385033391976865, 0.23239485852545116])
  }

  /// Of n draws the mean lies within five standard errors of the distribution's: sigma / sqrt(n).
  @Test("have the mean and the variance of their distribution")
  func moments() {
    let count = 200_000
    func check(_ mean: Double, _ variance: Double, _ draw: (inout Draws) -> Double) {
      var draws = Draws(seed: 1, .text)
      let values = (0..<count).map { _ in draw(&draws) }
      let found = values.reduce(0, +) / Double(count)
      let spread = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count)
      #expect(abs(found - mean) < 5 * (variance / Double(count)).squareRoot())
      #expect(abs(spread / variance - 1) < 0.05)
    }
    check(0.5, 1.0 / 12) { $0.uniform() }
    check(1, 1) { $0.exponential() }
    check(0, 1) { $0.normal() }
    check(3, 3) { $0.gamma(shape: 3) }
    check(0.4, 0.4) { $0.gamma(shape: 0.4) }
  }
}
