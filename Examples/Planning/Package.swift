// swift-tools-version: 6.1
import PackageDescription

/// A program that uses a product of the library.
func program(_ name: String, _ product: String) -> Target {
  .executableTarget(name: name, dependencies: [.product(name: product, package: "roofline")])
}

let package = Package(
  name: "Planning",
  platforms: [.macOS(.v14)],
  dependencies: [.package(name: "roofline", path: "../..")],
  targets: [
    program("planning", "RooflineCore"), program("FourCalls", "RooflineKit"), program("MixedPass", "RooflineCore"),
    program("EstimateJob", "RooflineCore"), program("SweepJob", "RooflineCore"), program("ReduceJob", "RooflineKit"),
    program("OwnModelJob", "RooflineCore"), program("OwnDeviceJob", "RooflineCore"),
  ]
)
