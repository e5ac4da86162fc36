internal import Documents
internal import Quantities

/// The part of a question that is about what to rent: which fleets may be tried, and what they may cost.
package struct PlanQuestion: Sendable, Hashable {
  /// How engines are divided between prefill and decoding; none for engines that do both.
  package var splits: [Split] = []
  /// The most devices of a fleet; nil for the usual limit.
  package var maxDevices: Int?
  /// The most that a fleet may cost in an hour; nil for any.
  package var maxCostPerHour: Double?
  /// Seeds that a fleet must hold under, counted from the question's; nil for the usual number.
  package var seeds: Int?
  /// What is looked for in place of the cheapest fleet; nil for that.
  package var find: Sought?
  /// How far above the rate that is found one that fails may be, as a share; nil for the usual one.
  package var tolerance: Double?

  /// Devices that may share every layer where nobody says how many.
  package static let usualTensorParallel: NumberList = [1, 2, 4, 8]

  /// Nothing is asked of a plan.
  package init() {}

  /// What is looked for.
  package enum Sought: String, Sendable, Hashable, CaseIterable {
    /// The largest rate that a fleet sustains.
    case rate
  }

  /// Engines that fill for so many that decode; nil for engines that do both.
  package struct Split: Sendable, Hashable {
    /// How many of each make the smallest such fleet.
    package var parts: Question.Load.ApartRequest?

    /// Engines that do both.
    package static let none = Split(parts: nil)

    /// Reads `2:1`, engines that fill and that decode, or `none`.
    init(_ text: String) throws(Diagnostic) {
      guard text.spelling != "none" else {
        self = .none
        return
      }
      let sides = text.split(separator: ":", omittingEmptySubsequences: false).map {
        Int(counting: $0.trimmingSpaces())
      }
      guard sides.count == 2, let prefill = sides[0], let decode = sides[1], (1...64).contains(prefill),
        (1...64).contains(decode)
      else {
        throw Diagnostic(
          "expected --split as 2:1, engines that fill for each that decodes, from 1 to 64, or none; found \"\(text)\"")
      }
      parts = Question.Load.ApartRequest(prefill: prefill, decode: decode)
    }

    private init(parts: Question.Load.ApartRequest?) { self.parts = parts }

    /// The split as `init` reads it.
    package var text: String { parts.map { "\($0.prefill):\($0.decode)" } ?? "none" }
  }
}
