/// A tensor as it lies in a mapped file: nothing is read until its bytes are.
package struct StoredTensor: Sendable {
  /// Its name in the file.
  package let name: String
  /// How its numbers are stored, little-endian.
  package let type: ElementType
  /// The length of each dimension.
  package let shape: [Int]
  private let file: MappedFile
  private let range: Range<Int>

  init(_ entry: SafetensorsHeader.Entry, in file: MappedFile, dataStart: Int) {
    (name, type, shape) = (entry.name, entry.type, entry.shape)
    self.file = file
    range = dataStart + entry.bytes.lowerBound..<dataStart + entry.bytes.upperBound
  }

  /// The bytes that it takes.
  package var byteCount: Int { range.count }

  /// Calls `body` with the bytes, which may lie at any address and may not outlive the call.
  package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    file.withBytes(in: range, body)
  }

  /// Lets the system have back the memory in which the bytes lie; they are read again if they are asked for.
  package func leave() { file.leave(range) }
}

extension SafetensorsFile {
  /// The tensor called `name` as it lies in the file; nil if there is none.
  package func stored(_ name: String) -> StoredTensor? {
    header.entries[name].map { StoredTensor($0, in: file, dataStart: dataStart) }
  }
}
