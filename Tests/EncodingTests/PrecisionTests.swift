import Architectures
import CKernels
import Documents
import Encoding
import Foundation
import Reduction
import Tensors
import Testing

/// In BF16 a number is wrong by at most 2^-9 of itself; over the few products of these small towers 2e-2 of the deviation is
/// plenty. Where the processor or oneDNN is missing, the tower says so and is as in F32.
@Suite("A tower in BF16")
struct PrecisionTests {
  private func encode(_ name: String, bf16: Bool, threads: Int = 2) throws -> (EncodedImage, VisionTower) {
    let tower = try VisionTower(folder: Towers.folder(name), precision: bf16 ? .bf16 : .f32)
    let pixels = try Towers.file(name).pixels(for: tower.description)
    return (try TowerRunner(tower, threads: threads).encode(pixels, name: "pixels", states: true).first, tower)
  }

  @Test(
    "is near what transformers says in F32, or F32 itself",
    arguments: ["plain", "half", "brain", "sharded", "siglip", "internvl", "qwen2_5_vl", "qwen3_vl"])
  func near(name: String) throws {
    let ((image, tower), (exact, _)) = (try encode(name, bf16: true), try encode(name, bf16: false))
    let (found, wanted) = (try #require(image.states), try #require(exact.states))
    guard tower.precision == .bf16 else {
      #expect(tower.note?.hasPrefix("the encoder computes in F32: ") == true)
      return #expect(found.last == wanted.last)
    }
    #expect(tower.note == nil && kernels_multiplies_brains() == 1)
    for (found, wanted) in [(found.last, wanted.last), (found.penultimate, wanted.penultimate)] {
      let off = error(found, wanted)
      // Rounding is not for nothing, either.
      #expect(off > 1e-4 && off < 0.1, "\(off)")
    }
    #expect(image.merged?.rows == exact.merged?.rows)
  }

  @Test("is the same on any number of threads")
  func threads() throws {
    let (one, _) = try encode("deep", bf16: true, threads: 1)
    let (three, _) = try encode("deep", bf16: true, threads: 3)
    #expect(error(one.tokens, three.tokens) < 1e-3)
  }

  @Test("says what is wrong with broken weights as in F32")
  func broken() throws {
    let tower = try BrokenTower(of: "half")
    let bytes = try tower.bytes("model.safetensors")
    // NaN in half precision, in the last weight of the file.
    try tower.write("model.safetensors", bytes.dropLast(2) + [0, 0x7E])
    let loaded = try VisionTower(folder: tower.path, precision: .bf16)
    let pixels = try Towers.file("half").pixels(for: loaded.description)
    #expect(throws: Diagnostic.self) {
      _ = try TowerRunner(loaded, threads: 1).encode(pixels, name: "pixels", states: true)
    }
  }
}
