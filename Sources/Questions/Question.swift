public import Architectures
internal import Documents

/// What a person asks: models, devices, precisions, visual inputs, lengths, serving, and which rows are wanted.
///
/// Every list is swept: the rows of the answer are the product of all of them. A question is made of names, so that it can
/// be written down, sent and asked again; `study(in:)` looks the names up and says what cannot be asked.
public struct Question: Sendable, Hashable {
  /// Models: catalog names, aliases, or files; `all` for every one of the catalog.
  public var models: [String] = []
  /// Devices: catalog names, aliases, or files; `all` for every one of the catalog.
  public var devices: [String] = []
  /// Precisions by name, `checkpoint` for that of a model's weights; none for the checkpoint's where a model states it, else
  /// for the default of whoever asks.
  public var precisions: [String] = []
  /// Formats of the key-value cache; none for that of the precision.
  public var cacheFormats: [String] = []
  /// Which visual tokens to compare.
  public var tokens = TokenSelection()
  /// Specifications of reducers or chains of two, as `prumerge/fastv`; with a budget names of methods, or `all`.
  public var reducers: [String] = []
  /// Visual tokens that every reducer is set to leave, at most; nil where they are set by hand.
  public var budget: Int?
  /// The built-in sample that reducers run on; nil for `text`.
  public var sample: String?
  /// The file of features that reducers run on.
  public var features: String?
  /// Pictures: files, folders, or `@LIST`.
  public var images: [String] = []
  /// The tower that looks at the pictures; nil for the model's own.
  public var encoder: String?
  /// In what it computes.
  package var encoderPrecision = EncoderPrecision.f32
  /// The sizes that the pictures of a request are taken to have; none for the model's usual one.
  public var imageSizes: [Question.PictureSizes] = []
  /// Frames of a video that is read in place of an image; none for an image.
  public var frames = NumberList()
  /// The most pixels that an image is scaled to; none for the model's own limit.
  public var maxPixels = NumberList()
  /// The ranks of factors in place of the matrices of the language model's layers, as shares of the smaller of their sides;
  /// none for whole matrices.
  public var rankRatios: [Double] = []
  /// The ranks of adapters beside those matrices, 0 for none.
  public var loraRanks = NumberList()
  /// Text tokens of a sequence; none for the usual number, or those of a trace.
  public var textTokens = NumberList()
  /// Sequences that are processed together, each with its own image.
  public var batches: NumberList = 1
  /// Tokens to generate for every sequence; none for a prefill alone.
  public var outputTokens = NumberList()
  /// Tokens of every sequence in the key-value cache before the prompt.
  public var contexts: NumberList = 0
  /// Devices that share every layer; none for one or, of a plan, for the numbers that plans try.
  public var tensorParallel = NumberList()
  /// Devices that have some layers each, share the experts.
  public var pipelineParallel: NumberList = 1, expertParallel: NumberList = 1
  /// Engines: catalog names, aliases, or files; `all` for every one of the catalog; none for each device's usual one.
  public var engines: [String] = []
  /// The shares of a device's memory that engines may take; none for their own.
  public var memoryUtilizations: [Double] = []
  /// Sequences and tokens of the largest pass that engines set memory aside for; none for their own.
  public var maxSequences = NumberList(), maxBatchTokens = NumberList()
  /// The counting rules.
  public var accounting = "exact"
  /// The kernels of the exact rules; nil for fused ones.
  public var kernels: Accounting.Kernels?
  /// What devices cost, in front of the prices of their files.
  public var prices: [Question.DevicePrice] = []
  /// What is asked of a fleet under traffic.
  public var load = Question.Load()
  /// What is asked of a plan.
  package var plan = PlanQuestion()
  /// Which rows are wanted, and in which order.
  public var rows = RowSelection()

  /// A question about some models on some devices; what is not said is as on the command line.
  public init(models: [String] = [], devices: [String] = []) {
    self.models = models
    self.devices = devices
  }
}
