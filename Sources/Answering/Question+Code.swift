internal import Documents
internal import Questions

extension Question {
  /// What is asked, without what is asked of every question.
  private var told: [OutputRecord.Field] {
    let usual = Question().record.fields
    return record.fields.filter { !usual.contains($0) }
  }

  /// The call of the command that gives the same rows.
  ///
  /// - Parameter name: how a file is called there.
  func commandLine(_ subject: QuestionService.Subject, name: (String) -> String) -> String {
    var words = ["roofline"]
    if subject != .estimate { words.append(subject.rawValue) } else if budget != nil { words.append("compare") }
    for field in told {
      let texts = field.value.texts.map(name)
      let joins = texts.allSatisfy { !$0.contains(",") } && !["reducer", "price-per-hour"].contains(field.key)
      for value in joins ? [texts.joined(separator: ",")] : texts {
        words.append("--\(field.key)")
        words.append(value.quotedForShell)
      }
    }
    return words.joined(separator: " ")
  }

  /// A program in Swift that gives the same rows.
  ///
  /// - Parameter name: how a file is called there.
  func swift(_ subject: QuestionService.Subject, name: (String) -> String) -> String {
    let call =
      switch subject {
      case .estimate: "report()"
      case .simulate: "loadReport()"
      case .plan: "planReport()"
      }
    var lines = ["import RooflineKit", "", "var question = Question()"]
    for field in told {
      let texts = field.value.texts.map { "\"\(name($0).escapedForSwift)\"" }
      lines.append("try question.set(\"\(field.key)\", to: [\(texts.joined(separator: ", "))])")
    }
    return (lines + ["print(try question.\(call).rendered(as: .table))"]).joined(separator: "\n")
  }
}

extension String {
  private var isPlainWord: Bool {
    !isEmpty
      && utf8.allSatisfy { byte in
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: ",./:=+-_@%".utf8.contains(byte)
        }
      }
  }

  /// The text as one word of a POSIX shell.
  var quotedForShell: String {
    isPlainWord ? self : "'\(split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''"))'"
  }

  /// The text inside a Swift string.
  fileprivate var escapedForSwift: String {
    unicodeScalars.map { scalar in
      switch scalar {
      case "\\", "\"": "\\\(scalar)"
      case _ where scalar.value < 0x20 || scalar.value == 0x7F: "\\u{\(String(scalar.value, radix: 16))}"
      default: String(scalar)
      }
    }.joined()
  }
}
