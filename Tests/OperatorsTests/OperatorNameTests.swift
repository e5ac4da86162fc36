import Operators
import Testing

@Suite("Names of operators")
struct OperatorNameTests {
  @Test("read as their parts with dots between")
  func description() {
    #expect(OperatorName("attention", "core").description == "attention.core")
    #expect(OperatorName("linear", number: 2).description == "linear_2")
    #expect(OperatorName("head").description == "head")
    var scoped = OperatorName("attention", "core")
    scoped.setScope("cross")
    #expect(scoped.description == "cross.attention.core")
    #expect(scoped.hasPrefix("cross.") && !scoped.hasPrefix("attention"))
  }

  @Test("are equal if they read alike, however they were put together")
  func equality() {
    var scoped = OperatorName("attention", "core")
    scoped.setScope("cross")
    let alike: [[OperatorName]] = [
      ["attention.core", OperatorName("attention", "core")],
      [
        "cross.attention.core", OperatorName("cross", "attention.core"), OperatorName("cross.attention", "core"),
        scoped,
      ],
      ["linear_2", OperatorName("linear", number: 2)], ["linear_12", OperatorName("linear_1"), "linear"],
    ]
    for names in alike.dropLast() {
      for (one, other) in zip(names, names.dropFirst()) {
        #expect(one == other && one.hashValue == other.hashValue)
      }
    }
    // As long as each other, or one the beginning of the other.
    for (one, other) in zip(alike.last ?? [], (alike.last ?? []).dropFirst()) { #expect(one != other) }
    #expect(OperatorName("mlp", "down") != OperatorName("mlp", "gate"))
    #expect(OperatorName("linear", number: 2) != OperatorName("linear", number: 3))
    #expect(Set(alike.joined()).count == 6)
  }
}
