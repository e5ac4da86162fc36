internal import RooflineKit

/// What a request is answered with in place of what it asked for: a status and the command's words.
struct Refusal: Error {
  /// The statuses of refusals.
  enum Status: Int, Sendable {
    case badRequest = 400
    case forbidden = 403
    case notFound = 404
    case methodNotAllowed = 405
    case timeout = 408
    case lengthRequired = 411
    case tooLarge = 413
    case unsupportedMedia = 415
    case headTooLarge = 431
    case busy = 503

    /// What HTTP calls it.
    var phrase: String {
      switch self {
      case .badRequest: "Bad Request"
      case .forbidden: "Forbidden"
      case .notFound: "Not Found"
      case .methodNotAllowed: "Method Not Allowed"
      case .timeout: "Request Timeout"
      case .lengthRequired: "Length Required"
      case .tooLarge: "Content Too Large"
      case .unsupportedMedia: "Unsupported Media Type"
      case .headTooLarge: "Request Header Fields Too Large"
      case .busy: "Service Unavailable"
      }
    }
  }

  var status: Status
  var error: Diagnostic
  /// The methods that the path knows, for `methodNotAllowed`.
  var allowed: String?

  init(_ status: Status, _ message: String, allowed: String? = nil) {
    (self.status, error, self.allowed) = (status, Diagnostic(message), allowed)
  }

  /// What the library says is wrong with the data.
  init(_ error: Diagnostic) { (status, self.error) = (.badRequest, error) }
}

/// That whoever asked has gone, or takes nothing more: nobody is there to be answered.
struct Gone: Error {}
