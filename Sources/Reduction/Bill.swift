internal import Documents

/// Whose work a reducer's bill lists.
enum Bill: String, Sendable {
  /// What has to be computed, as this program does it.
  case own
  /// What the released code computes.
  case released
}

extension ReducerArguments {
  /// The bill that is asked for with `bill=own|released`, the default being our own; takes it.
  ///
  /// - Throws: `Diagnostic` for any other bill.
  mutating func takeBill() throws(Diagnostic) -> Bill {
    guard let value = takeValue("bill") else { return .own }
    guard let bill = Bill(rawValue: value) else {
      throw error("asks for the bill \"\(value)\"; expected own or released")
    }
    return bill
  }
}
