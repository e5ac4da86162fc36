/// What one client, and all of them together, may take of the machine.
enum Limits {
  /// Bytes of the head of a request, of a question, and of a file.
  static let head = 16 << 10, question = 256 << 10, file = 16 << 20
  /// Seconds until a head is there once it began, until a body is, and between two requests of a connection.
  static let headSeconds = 10, bodySeconds = 30, idleSeconds = 30
  /// Seconds that an answer takes at most, and that it may wait for its turn.
  static let answerSeconds = 20, turnSeconds = 60
  /// Seconds in which a client must take something of its answer.
  static let writeSeconds = 10
  /// Connections at a time; further ones are told to come again.
  static let connections = 256
  /// Answers that wait for their turn.
  static let waiting = 200
  /// Seconds that answers have to end in once the server is told to.
  static let graceSeconds = 5
}
