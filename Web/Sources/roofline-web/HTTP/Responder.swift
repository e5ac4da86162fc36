internal import RooflineKit

/// Sends the answer to one request: whole, or in pieces while it is made.
final class Responder {
  private let wire: Wire
  /// Whether another request follows.
  var keepsOpen = true
  /// Whether only the head is wanted.
  var isBare = false
  /// Whether a first piece was sent.
  private(set) var hasBegun = false

  init(_ wire: Wire) { self.wire = wire }

  /// What stands in every head. Nothing is fetched from elsewhere, shown in a foreign page, or kept.
  private static let common =
    "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"
    + "Cross-Origin-Resource-Policy: same-origin\r\nX-Frame-Options: DENY\r\n"
    + "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
    + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n"

  private func head(_ status: String, _ type: String, _ rest: String) -> [UInt8] {
    let connection = "Connection: \(keepsOpen ? "keep-alive" : "close")\r\n"
    return Array("HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\n\(Self.common)\(connection)\(rest)\r\n".utf8)
  }

  /// Sends a whole answer.
  func send(_ body: [UInt8], type: String, status: String = "200 OK", fields: String = "") {
    hasBegun = true
    let head = head(status, type, "Content-Length: \(body.count)\r\n\(fields)")
    do throws(Gone) { try wire.write(isBare ? head : head + body) } catch { keepsOpen = false }
  }

  /// Sends a piece of an answer whose length nobody knows, the head before the first one.
  ///
  /// - Throws: `Gone` if it is not taken.
  func write(_ piece: [UInt8], type: String, until deadline: ContinuousClock.Instant) throws(Gone) {
    var bytes: [UInt8] = []
    if !hasBegun { bytes = head("200 OK", type, "Transfer-Encoding: chunked\r\n") }
    hasBegun = true
    if !piece.isEmpty { bytes += "\(String(piece.count, radix: 16))\r\n".utf8 + piece + "\r\n".utf8 }
    try wire.write(bytes, until: deadline)
  }

  /// Ends an answer in pieces.
  func finish() {
    do throws(Gone) { try wire.write("0\r\n\r\n".utf8) } catch { keepsOpen = false }
  }

  /// Says why there is no answer.
  ///
  /// - Throws: `Gone` if a part of one was sent: then the end of the connection says it.
  func refuse(_ refusal: Refusal) throws(Gone) {
    guard !hasBegun else { throw Gone() }
    let fields =
      (refusal.allowed.map { "Allow: \($0)\r\n" } ?? "") + (refusal.status == .busy ? "Retry-After: 1\r\n" : "")
    send(
      Array("{\"error\": ".utf8) + QuestionService.json(refusal.error) + "}\n".utf8, type: "application/json",
      status: "\(refusal.status.rawValue) \(refusal.status.phrase)", fields: fields)
  }
}
