internal import ArgumentParser
internal import RooflineKit

/// Does what fails where the call is wrong: status 64, and how the subcommand is used. What is wrong at a place in a file,
/// which the call only names, stays an error of that file.
func asCall<Value>(_ work: () throws(Diagnostic) -> Value) throws -> Value {
  do throws(Diagnostic) {
    return try work()
  } catch {
    guard error.file == nil else { throw error }
    throw ValidationError(error.message)
  }
}
