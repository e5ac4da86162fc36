internal import Documents

/// The errors of a configuration while it is read, told together at its end.
///
/// A value that cannot be right is replaced so that reading goes on. What compares values with each other then says
/// nothing, as it might speak of the replacement.
final class ConfigErrors {
  private let findings = Findings()
  /// Whether a value was replaced.
  private(set) var hasReplaced = false

  /// What `read` gives or, where it throws, which is remembered, a replacement.
  func replaced<Value>(_ read: () throws(Diagnostic) -> Value, by substitute: Value) -> Value {
    do { return try read() } catch {
      hasReplaced = true
      findings.add(error)
      return substitute
    }
  }

  /// What `read` gives, which compares values; nil where it throws, which is remembered unless a value was replaced.
  func compared<Value>(_ read: () throws(Diagnostic) -> Value) -> Value? {
    do { return try read() } catch {
      if !hasReplaced { findings.add(error) }
      return nil
    }
  }

  /// Throws all errors, if there are any.
  func check() throws(Diagnostic) { try findings.check() }
}

extension ConfigFields {
  /// What `read` gives; where errors are collected and it throws, a replacement.
  func value<Value>(
    or substitute: @autoclosure () -> Value, _ read: () throws(Diagnostic) -> Value
  ) throws(Diagnostic) -> Value {
    guard let errors else { return try read() }
    return errors.replaced(read, by: substitute())
  }

  /// What `read` gives, which compares values; where errors are collected and it throws, a replacement.
  func comparison<Value>(
    or substitute: @autoclosure () -> Value, _ read: () throws(Diagnostic) -> Value
  ) throws(Diagnostic) -> Value {
    guard let errors else { return try read() }
    return errors.compared(read) ?? substitute()
  }

  /// Collects what is wrong with the parts that name their own types, whatever ended the reading of the whole.
  func readParts() {
    guard let errors else { return }
    for key in ["text_config", "llm_config"] where self[key] != nil {
      _ = errors.compared { () throws(Diagnostic) in
        if try part(key)["model_type"] != nil { _ = try language(key) }
      }
    }
    if self["vision_config"] != nil {
      _ = errors.compared { () throws(Diagnostic) in
        let type = try part("vision_config")["model_type"]?.text("\"model_type\"")
        if Families.visions.contains(where: { $0.types.contains(type ?? "") }) { _ = try tower() }
      }
    }
  }
}
