/// The errors that were found in a file so far, so that a user gets all of them at once.
package final class Findings {
  /// The errors, each once, in the order in which they were found.
  package private(set) var all: [Diagnostic] = []
  /// Errors beyond the first hundred, which are only counted, if they are looked for at all.
  private var omitted = 0
  private static let limit = 100

  /// No errors yet.
  package init() {}

  /// Whether nothing was found.
  package var isEmpty: Bool { all.isEmpty }

  /// Whether there are so many that no more need be looked for.
  var isFull: Bool { all.count >= Self.limit }

  /// Ends what would go on looking: throws once there are so many errors that no more need be told.
  func endIfFull() throws(Diagnostic) {
    if isFull { throw Diagnostic("more errors than \(Self.limit)") }
  }

  /// What `read` gives or, where it throws, which is remembered, `substitute`.
  package func attempt<Value>(
    _ read: @autoclosure () throws(Diagnostic) -> Value, or substitute: @autoclosure () -> Value
  ) -> Value {
    do { return try read() } catch {
      add(error)
      return substitute()
    }
  }

  /// What `read` gives; nil where it throws, which is remembered, and where it gives nil.
  package func attempt<Value>(_ read: @autoclosure () throws(Diagnostic) -> Value?) -> Value? {
    attempt(try read(), or: nil)
  }

  /// Remembers an error, with those that it brings along.
  package func add(_ error: Diagnostic) {
    guard !isFull else {
      omitted += 1
      return
    }
    var first = error
    let further = first.further
    first.further = []
    if !all.contains(first) { all.append(first) }
    for error in further { add(error) }
  }

  /// Throws all errors as one, in the order of their places, if there are any.
  package func check() throws(Diagnostic) {
    let sorted = all.enumerated().sorted { a, b in
      let (first, second) = (a.element.position, b.element.position)
      return (first?.line ?? 0, first?.column ?? 0, a.offset) < (second?.line ?? 0, second?.column ?? 0, b.offset)
    }.map(\.element)
    guard var first = sorted.first else { return }
    first.further = Array(sorted.dropFirst())
    if omitted > 0 {
      first.further.append(Diagnostic(file: first.file, "more errors than these \(all.count)"))
    }
    throw first
  }
}

extension Findings {
  /// The texts of a list, of at most so many characters each, those left out that are none; empty without a list.
  package func texts(_ node: Node?, _ what: String, each: String, limit: Int = 1000) -> [String] {
    guard let node, let items = attempt(try node.items(what)) else { return [] }
    var texts: [String] = []
    for item in items { if let text = attempt(try item.name(each, limit: limit)) { texts.append(text) } }
    return texts
  }
}
