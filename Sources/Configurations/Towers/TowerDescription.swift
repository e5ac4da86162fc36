package import Architectures
internal import Documents
package import Operators

/// A vision tower that runs: its sizes, how pictures enter, what layers do, what leaves it, and what its tensors are called.
///
/// Each kind of tower stands in a file of its own beside this one, and in a line of `kinds`.
package struct TowerDescription: Sendable, Hashable {
  /// What people call towers like this, for example `SigLIP`.
  package var kind: String
  /// Its sizes. `imageSize` is that of all pictures where `isFixed`, else the one that its positions were trained at.
  package var encoder: VisionEncoder
  /// What is added to the variance in its norms.
  package var epsilon: Double
  /// What the hub calls its tensors, behind whatever stands before all of them.
  package var names: TowerNames
  /// How the pixels of a picture are laid out in what it is fed.
  package var pixels = Pixels.planes
  /// Where patches get to know their place by an added vector.
  package var positions = Positions.table
  /// The base of the angles by which queries and keys are rotated, rows in the first half of a head's angles and columns in
  /// the second; nil for no rotation.
  package var rotary: Double?
  /// Patches along a side of the cells that lie together in the order of tokens; 1 for reading order.
  package var cell = 1
  /// Cells along a side of a window, and the layers whose tokens attend to the whole picture; nil where all do.
  package var windows: Windows?
  /// What makes the tokens of a language model, where the tower's file has it.
  package var projector: TowerProjector?
  /// The same of earlier layers, whose outputs are added inside the language model (Qwen3-VL).
  package var deepstack: [TowerProjector] = []
  /// How the tokens of a picture's tiles are put together; nil for one tile after the other.
  package var packing: TilePacking?

  /// Whether all pictures have the tower's size.
  package var isFixed: Bool { positions == .table }

  /// How pixels are laid out.
  package enum Pixels: Sendable, Hashable {
    /// A picture of planes: [channels, height, width].
    case planes
    /// A row for each patch in the order of tokens, [channels, frames, side, side] in it (Qwen-VL).
    case patches
    /// A row for each patch in reading order, [side, side, channels] in it (NaFlex).
    case interleaved
  }

  /// Where patches get to know their place.
  package enum Positions: Sendable, Hashable {
    /// No vector is added.
    case none
    /// A vector for every token of a picture of one size.
    case table
    /// A square table of vectors, for the leading tokens first, resampled to the grid of the picture.
    case resampled(Resampling)
  }

  /// How a table of positions is resampled, after torch's `interpolate`.
  package enum Resampling: Sendable, Hashable {
    /// Four neighbours, corners on corners.
    case bilinearCorners
    /// Sixteen neighbours with a = -0.75, centres on centres; not where the grid is the table's own.
    case bicubic
    /// Two neighbours each way, or as many as a step covers, centres on centres.
    case antialiasedBilinear
  }

  /// Layers whose tokens attend within windows.
  package struct Windows: Sendable, Hashable {
    /// Cells along a side.
    package var side: Int
    /// The layers that have none.
    package var full: Set<Int>
  }

  init(_ kind: String, _ encoder: VisionEncoder, epsilon: Double, names: TowerNames) {
    (self.kind, self.encoder, self.epsilon, self.names) = (kind, encoder, epsilon, names)
  }

  /// Tokens before the patches: the class token, where there is one.
  package var leading: Int { encoder.classToken ? 1 : 0 }

  /// The numbers of a patch.
  package var patchNumbers: Int { encoder.channels * encoder.framesPerPatch * encoder.patchSize * encoder.patchSize }

  /// The cells along a side of what becomes one token of the language model.
  package var merged: Int { projector?.cell ?? 1 }
}

/// Layers of products that make the tokens of a language model of those of a tower.
package struct TowerProjector: Sendable, Hashable {
  /// The output of which layer it reads, as many layers before it; nil for what leaves the tower.
  package var layer: Int?
  /// Patches along a side of the cells of which each makes one token.
  package var cell: Int
  /// Its norm: its kind, its epsilon, what it is called, and whether it works on whole cells; nil for none.
  package var norm: Norm?
  /// What the two products are called, whole names where they begin with a slash.
  package var first, second: String
  /// The numbers between them, and behind the second.
  package var inner, output: Int
  /// What stands between them.
  package var activation: ActivationKind
  /// Whether what enters the language model is this, in place of what the tower leaves, for reducers.
  package var isMerger: Bool

  /// A norm before the products.
  package struct Norm: Sendable, Hashable {
    package var name: String
    package var kind: NormKind
    package var epsilon: Double
    package var isOfCells: Bool
  }
}

/// How LLaVA-NeXT and LLaVA-OneVision put the tokens of tiles together: those of the whole picture, then the rows of all
/// tiles without padding, each with a learned token at its end.
package struct TilePacking: Sendable, Hashable {
  /// How pictures are cut.
  package var tiling: ImageTiling
  /// The tensor that ends rows, by its whole name.
  package var newline: String
}

/// What the tensors of a tower are called, without `.weight` and `.bias`.
package struct TowerNames: Sendable, Hashable {
  /// A tensor that towers of this kind have and other parts of a model do not, with its ending.
  package var landmark: String
  /// What may stand before the names, the likeliest first.
  package var prefixes: [String]
  package var patches: String
  /// The table of positions and the class token, with their endings; nil where there is none.
  package var positions, classToken: String?
  package var preNorm, postNorm: String?
  /// A layer, in which `#` is its number.
  package var layer: String
  package var firstNorm, secondNorm: String
  /// Products of the first norm whose rows, one below the other, are those of queries, keys and values.
  package var projections: [String]
  package var queryNorm, keyNorm: String?
  package var output: String
  /// What the channels of attention and of the feed-forward block are multiplied by, with endings.
  package var firstScale, secondScale: String?
  /// Products of the second norm: up, or the gate and up, or both in one.
  package var inputs: [String]
  package var down: String
}
