// swift-tools-version: 6.1
import PackageDescription

/// Every module: explicit existentials, imports that do not leak, members only from modules imported here.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// Whether everything is built to be fuzzed, as `Tools/fuzz.sh` asks: what runs is counted, and C that reaches for memory
/// which is not there, or does what is not defined, ends the program.
let isFuzzed = Context.environment["ROOFLINE_FUZZ"] != nil
let countedSwift: [SwiftSetting] = isFuzzed ? [.unsafeFlags(["-sanitize=fuzzer"])] : []
let countedC: [CSetting] =
  isFuzzed
  ? [.unsafeFlags(["-fsanitize=fuzzer-no-link,address,undefined", "-fno-sanitize-recover=undefined"])] : []
/// What programs of such modules are linked with.
let countedLink: [LinkerSetting] =
  isFuzzed ? [.unsafeFlags(["-Xclang-linker", "-fsanitize=address,undefined"])] : []

/// A module in C.
func foreign(_ name: String, imports: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: imports, cSettings: countedC)
}

/// A module of the package. `imports` may name only modules listed above it here: the arrows point one way.
func module(_ name: String, imports: [Target.Dependency] = [], plugins: [Target.PluginUsage] = []) -> Target {
  .target(name: name, dependencies: imports, swiftSettings: strict + countedSwift, plugins: plugins)
}

/// The tests of one module.
func tests(
  _ name: String, _ imports: [Target.Dependency], resources: [Resource] = [], exclude: [String] = []
) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: imports, exclude: exclude, resources: resources, swiftSettings: strict)
}

/// What `make docs` needs, so that nobody else has to fetch it.
let documenters: [Package.Dependency] =
  Context.environment["ROOFLINE_DOCS"] == nil
  ? [] : [.package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0")]

/// What `make fuzz` runs; nobody else builds it.
let fuzzers: [Target] =
  !isFuzzed
  ? []
  : [
    .systemLibrary(name: "CFuzzer", path: "Fuzz/CFuzzer"),
    .executableTarget(
      name: "fuzz",
      dependencies: [
        "CFuzzer", "Documents", "Tensors", "Quantities", "Hardware", "Engines", "Operators", "Architectures",
        "Configurations", "ReductionMethods", "Estimation", "Catalog", "Reduction", "Traffic", "Serving", "Validation",
        "Questions", "Images", "Reports", "Answering",
      ],
      path: "Fuzz/Sources", swiftSettings: strict + countedSwift,
      linkerSettings: countedLink + [.unsafeFlags(["-sanitize=fuzzer"])]),
  ]

let package = Package(
  name: "roofline",
  platforms: [.macOS(.v14)],
  products: [
    .library(name: "RooflineCore", targets: ["RooflineCore"]),
    .library(name: "RooflineVision", targets: ["RooflineVision"]),
    .library(name: "RooflineKit", targets: ["RooflineKit"]),
    .library(name: "RooflineC", type: .dynamic, targets: ["LibRoofline"]),
    .executable(name: "roofline", targets: ["roofline"]),
    // For Web/, whose page is compiled in as the catalog is.
    .plugin(name: "EmbedCatalog", targets: ["EmbedCatalog"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ] + documenters,
  targets: [
    // RooflineCore: libyaml and no other foreign library.
    .systemLibrary(
      name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"]), .brew(["libyaml"])]),
    foreign("CFiles"),
    foreign("CKernels"),
    module("Jobs", imports: ["CKernels"]),
    module("Quantities"),
    module("Documents", imports: ["CYAML", "CFiles"]),
    module("Tensors", imports: ["CFiles", "Documents"]),
    module("Hardware", imports: ["Quantities", "Documents"]),
    module("Engines", imports: ["Quantities", "Documents", "Hardware"]),
    module("Operators", imports: ["Quantities"], plugins: ["EmbedCatalog"]),
    module("Architectures", imports: ["Quantities", "Operators", "Documents"]),
    module("Configurations", imports: ["Quantities", "Operators", "Architectures", "Tensors", "Documents"]),
    module("ReductionMethods", imports: ["Documents", "Operators", "Architectures"]),
    module(
      "Estimation",
      imports: ["Quantities", "Documents", "Hardware", "Engines", "Operators", "Architectures", "ReductionMethods"],
      plugins: ["EmbedCatalog"]),
    module(
      "Catalog", imports: ["Hardware", "Engines", "Architectures", "Configurations", "Documents"],
      plugins: ["EmbedCatalog"]),
    module(
      "Reduction",
      imports: [
        "CKernels", "Jobs", "Quantities", "Documents", "Tensors", "Operators", "Architectures", "ReductionMethods",
        "Estimation",
      ]),
    module("Traffic", imports: ["Quantities", "Documents"]),
    module(
      "Serving",
      imports: [
        "Traffic", "Quantities", "Documents", "Hardware", "Engines", "Operators", "Architectures", "Estimation",
      ]),
    module(
      "Reproduction",
      imports: [
        "Quantities", "Documents", "Hardware", "Operators", "Architectures", "Estimation", "Catalog",
      ]),
    module(
      "Questions",
      imports: [
        "Quantities", "Documents", "Hardware", "Engines", "Operators", "Architectures", "ReductionMethods",
        "Estimation",
        "Catalog", "Traffic", "Serving", "Reduction", "Jobs", "Reproduction",
      ]),
    module(
      "Planning",
      imports: [
        "Quantities", "Documents", "Hardware", "Engines", "Operators", "Architectures", "Estimation", "Catalog",
        "Traffic", "Serving", "Questions", "Jobs",
      ]),
    module(
      "Validation",
      imports: [
        "Quantities", "Documents", "Hardware", "Engines", "Operators", "Architectures", "Estimation", "Catalog",
        "ReductionMethods", "Reduction",
      ]),
    module(
      "RooflineCore",
      imports: [
        "Quantities", "Documents", "Hardware", "Engines", "Operators", "Architectures", "Configurations",
        "ReductionMethods",
        "Estimation", "Catalog", "Traffic", "Serving", "Reproduction", "Questions", "Planning", "Validation",
      ]),

    // RooflineVision: what looks at pictures.
    .systemLibrary(
      name: "CJPEG", pkgConfig: "libjpeg", providers: [.apt(["libjpeg-dev"]), .brew(["jpeg-turbo"])]),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"]), .brew(["libpng"])]),
    foreign("CImages", imports: ["CJPEG", "CPNG"]),
    module("Images", imports: ["CImages", "Architectures", "Documents"]),
    // OpenBLAS and oneDNN are loaded when they are needed, and linked by nobody.
    module("LinearAlgebra", imports: ["CKernels", "Documents"]),
    module(
      "Encoding",
      imports: [
        "CKernels", "Jobs", "LinearAlgebra", "Tensors", "Operators", "Architectures", "Configurations",
        "ReductionMethods",
        "Reduction", "Documents",
      ]),
    module(
      "Photographs",
      imports: [
        "Documents", "Tensors", "Images", "Hardware", "Operators", "Architectures", "ReductionMethods", "Reduction",
        "Estimation", "Quantities", "Catalog", "Configurations", "Encoding", "Jobs", "Questions",
      ]),
    module(
      "RooflineVision", imports: ["RooflineCore", "Tensors", "Images", "Reduction", "Encoding", "Photographs"]),

    // RooflineKit: both, and reports.
    module("Charts", imports: ["Quantities", "Documents"]),
    module(
      "Reports",
      imports: [
        "Charts", "Validation", "Quantities", "Documents", "Hardware", "Engines", "Operators", "Architectures",
        "ReductionMethods",
        "Reduction", "Encoding", "Estimation", "Traffic", "Serving", "Reproduction", "Photographs", "Questions",
        "Planning", "Catalog",
      ], plugins: ["EmbedCatalog"]),
    module(
      "Answering",
      imports: ["Documents", "Architectures", "Catalog", "Questions", "Planning", "Photographs", "Charts", "Reports"]),
    module("RooflineKit", imports: ["RooflineCore", "RooflineVision", "Charts", "Reports", "Answering"]),

    // The same behind a C interface, for other languages; Tools/make_library.sh builds it with all that it needs inside.
    .target(name: "CRoofline"),
    .target(
      name: "LibRoofline", dependencies: ["CRoofline", "RooflineKit"], exclude: ["exports.map"], swiftSettings: strict),

    // The command and what makes this repository's own files.
    module("Calibration", imports: ["Jobs", "LinearAlgebra", "Hardware", "Quantities", "Documents"]),
    .executableTarget(
      name: "embed-catalog", dependencies: ["Documents"], swiftSettings: strict, linkerSettings: countedLink),
    .executableTarget(name: "write-reports", dependencies: ["RooflineKit"], swiftSettings: strict),
    .executableTarget(
      name: "price-benchmark", dependencies: ["RooflineKit"], path: "Benchmarks/Prices", swiftSettings: strict),
    .plugin(name: "EmbedCatalog", capability: .buildTool(), dependencies: ["embed-catalog"]),
    .executableTarget(
      name: "roofline",
      dependencies: ["RooflineKit", "Calibration", .product(name: "ArgumentParser", package: "swift-argument-parser")],
      swiftSettings: strict),
    tests("Architectures", ["Architectures", "Operators", "Quantities", "Documents"]),
    tests(
      "Configurations", ["Configurations", "Architectures", "Operators", "Quantities", "Tensors", "Documents"],
      resources: [.copy("Fixtures")]),
    tests(
      "Estimation", ["Estimation", "Configurations", "Catalog", "Reduction", "ReductionMethods", "Engines"],
      resources: [.copy("Fixtures")]),
    tests("Reproduction", ["Reproduction", "Estimation", "Quantities"]),
    tests(
      "Validation",
      [
        "Validation", "Estimation", "Engines", "Architectures", "Operators", "Hardware", "Catalog", "Quantities",
        "Documents",
      ]),
    tests("Tensors", ["Tensors", "Documents"]),
    tests("Images", ["Images", "CImages", "Documents"], resources: [.copy("Fixtures")]),
    tests(
      "Reduction",
      [
        "Reduction", "ReductionMethods", "CKernels", "Architectures", "Operators", "Quantities", "Tensors", "Documents",
      ],
      resources: [.copy("Fixtures")]),
    tests("Jobs", ["Jobs", "CKernels"]),
    tests(
      "Encoding", ["Encoding", "CKernels", "Tensors", "Architectures", "ReductionMethods", "Reduction", "Documents"],
      resources: [.copy("Fixtures")]),
    tests("Quantities", ["Quantities"]),
    tests("Documents", ["Documents"]),
    tests("Hardware", ["Hardware", "Quantities", "Documents"]),
    tests("Engines", ["Engines", "Hardware", "Catalog", "Quantities", "Documents"]),
    tests("Operators", ["Operators", "Quantities"]),
    tests("Catalog", ["Catalog", "Quantities", "Hardware", "Architectures", "Documents"]),
    tests(
      "Photographs",
      ["Photographs", "Encoding", "Images", "Catalog", "Reduction", "Architectures", "Tensors", "Documents"],
      resources: [.copy("Fixtures")]),
    tests("Traffic", ["Traffic", "Documents"]),
    tests("Serving", ["Serving", "Engines", "Traffic", "Estimation", "Catalog", "Quantities", "Documents"]),
    tests("Questions", ["Questions", "Catalog", "Estimation", "Architectures", "Quantities", "Documents", "Serving"]),
    tests(
      "Planning",
      [
        "Planning", "Questions", "Serving", "Traffic", "Estimation", "Hardware", "Architectures", "Catalog",
        "Quantities",
        "Documents",
      ]),
    tests("Charts", ["Charts", "Documents"]),
    tests(
      "Reports",
      [
        "Reports", "Charts", "Questions", "Estimation", "Architectures", "Operators", "Quantities", "Validation",
        "Documents", "Catalog", "Serving",
      ]),
    tests("Answering", ["Answering", "Catalog", "Documents", "Reports"]),
    tests("WriteReports", ["write-reports", "RooflineKit"]),
    tests("LinearAlgebra", ["LinearAlgebra"]),
    tests("Calibration", ["Calibration", "LinearAlgebra", "Hardware", "Quantities", "Documents"]),
    tests("Command", ["roofline"]),
  ] + fuzzers
)
