import Operators
import Testing

@Suite("Names of operators")
struct OperatorNameTests {
  @Test("read as their parts with dots between")
  func description() {
    #expect(Operator.Name("attention", "core").description == "attention.core")
    #expect(Operator.Name("linear", number: 2).description == "linear_2")
    #expect(Operator.Name("head").description == "head")
    var scoped = Operator.Name("attention", "core")
    scoped.setScope("cross")
    #expect(scoped.description == "cross.attention.core")
    #expect(scoped.hasPrefix("cross.") && !scoped.hasPrefix("attention"))
  }

  @Test("are equal if they read alike, however they were put together")
  func equality() {
    var scoped = Operator.Name("attention", "core")
    scoped.setScope("cross")
    let alike: [[Operator.Name]] = [
      ["attention.core", Operator.Name("attention", "core")],
      [
        "cross.attention.core", Operator.Name("cross", "attention.core"), Operator.Name("cross.attention", "core"),
        scoped,
      ],
      ["linear_2", Operator.Name("linear", number: 2)], ["linear_12", Operator.Name("linear_1"), "linear"],
    ]
    for names in alike.dropLast() {
      for (one, other) in zip(names, names.dropFirst()) {
        #expect(one == other && one.hashValue == other.hashValue)
      }
    }
    // As long as each other, or one the beginning of the other.
    for (one, other) in zip(alike.last ?? [], (alike.last ?? []).dropFirst()) { #expect(one != other) }
    #expect(Operator.Name("mlp", "down") != Operator.Name("mlp", "gate"))
    #expect(Operator.Name("linear", number: 2) != Operator.Name("linear", number: 3))
    #expect(Set(alike.joined()).count == 6)
  }
}
