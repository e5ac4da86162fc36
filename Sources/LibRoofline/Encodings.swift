package import CRoofline
internal import RooflineKit

/// Features where the caller can read them.
private final class Encoding: @unchecked Sendable {
  // Nothing changes after `init`.
  private let name: UnsafeMutablePointer<CChar>?
  private var memory: [UnsafeMutablePointer<Float>] = []
  private(set) var view = roofline_features()

  /// - Throws: `Diagnostic` for features without a class token, whose attention the interface has no place for.
  init(_ features: VisualFeatures) throws(Diagnostic) {
    guard features.hasClassToken else {
      throw Diagnostic(
        file: features.name,
        "these features have no class token, which programs cannot be given yet; `roofline reduce` works on them")
    }
    name = lasting(features.name)
    view.name = UnsafePointer(name)
    view.keys = copy(features.keys)
    view.tokens = copy(features.tokens)
    view.class_query = copy(features.classQuery)
    if let keys = features.penultimateKeys { view.penultimate_keys = copy(keys) }
    if let query = features.penultimateClassQuery { view.penultimate_class_query = copy(query) }
    (view.grid_rows, view.grid_columns) = (Int64(features.grid.rows), Int64(features.grid.columns))
    view.heads = Int64(features.heads)
  }

  deinit {
    memory.forEach { $0.deallocate() }
    freeText(name)
  }

  private func copy(_ row: [Float]) -> roofline_matrix {
    Matrix(columns: row.count, elements: row).map(copy) ?? roofline_matrix()
  }

  private func copy(_ matrix: Matrix) -> roofline_matrix {
    let count = matrix.rows * matrix.columns
    let numbers = UnsafeMutablePointer<Float>.allocate(capacity: max(1, count))
    matrix.withNumbers { numbers.update(from: $0, count: count) }
    memory.append(numbers)
    return roofline_matrix(
      numbers: numbers, format: Int32(ROOFLINE_F32.rawValue), rows: Int64(matrix.rows), columns: Int64(matrix.columns))
  }
}

/// A tower; each call has a runner of its own, which is kept for the next.
private final class Encoder: @unchecked Sendable {
  // Runners are only touched by the call that took them.
  private let encoder: ImageEncoder
  private let threads: Int
  private let idle = Locked<[ImageRunner]>([])

  init(_ name: String, threads: Int) throws(Diagnostic) {
    encoder = try ImageEncoder(name)
    self.threads = threads
    // Says now what is missing.
    put(try ImageRunner(encoder, threads: threads))
  }

  private func put(_ runner: ImageRunner) {
    nonisolated(unsafe) let runner = runner
    idle.withLock { $0.append(runner) }
  }

  private func take() -> ImageRunner? {
    nonisolated(unsafe) var runner: ImageRunner?
    idle.withLock { runner = $0.popLast() }
    return runner
  }

  func features(of bytes: [UInt8], named name: String) throws(Diagnostic) -> VisualFeatures {
    let runner = if let idle = take() { idle } else { try ImageRunner(encoder, threads: threads) }
    defer { put(runner) }
    return try Photograph(decoding: bytes, named: name, for: runner).onlyFeatures()
  }
}

@_cdecl("roofline_sample")
package func makeSample(_ name: Text?, _ made: Made) -> Failure? {
  attempt { () throws(Diagnostic) in
    let sample = try Sample.named(try text(name, "the name of a sample"))
    made.pointee = Handle(try Encoding(sample.features())).retained
  }
}

@_cdecl("roofline_features_read")
package func readFeatures(_ path: Text?, _ made: Made) -> Failure? {
  attempt { () throws(Diagnostic) in
    made.pointee = Handle(try Encoding(try VisualFeatures(contentsOf: try text(path, "a file")))).retained
  }
}

@_cdecl("roofline_encoder_new")
package func newEncoder(_ name: Text?, _ threads: Int64, _ made: Made) -> Failure? {
  attempt { () throws(Diagnostic) in
    guard (1...64).contains(threads) else { throw Diagnostic("expected from 1 to 64 threads, found \(threads)") }
    made.pointee = Handle(try Encoder(try text(name, "the name of an encoder"), threads: Int(threads))).retained
  }
}

@_cdecl("roofline_encode")
package func encode(
  _ encoder: OpaquePointer?, _ bytes: UnsafePointer<UInt8>?, _ count: Int64, _ name: Text?, _ made: Made
) -> Failure? {
  attempt { () throws(Diagnostic) in
    let picture = Array(UnsafeBufferPointer(start: bytes, count: bytes == nil ? 0 : Int(max(0, count))))
    let name = name.map { String(cString: $0) } ?? "picture"
    made.pointee = Handle(try Encoding(try Handle<Encoder>.of(encoder).features(of: picture, named: name))).retained
  }
}

@_cdecl("roofline_encoding_features")
package func encodingFeatures(
  _ encoding: OpaquePointer?, _ features: UnsafeMutablePointer<roofline_features>
) -> Failure? {
  attempt { () throws(Diagnostic) in features.pointee = try Handle<Encoding>.of(encoding).view }
}

@_cdecl("roofline_encoding_free")
package func freeEncoding(_ encoding: OpaquePointer?) { Handle<Encoding>.free(encoding) }

@_cdecl("roofline_encoder_free")
package func freeEncoder(_ encoder: OpaquePointer?) { Handle<Encoder>.free(encoder) }
