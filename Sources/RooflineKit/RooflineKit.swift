// The whole library under one import. Four calls do the main job; Examples/Planning/Sources/FourCalls runs them:
// load a model and a device from the catalog, reduce the visual tokens, study them, render the report.

@_exported public import Architectures
@_exported public import Catalog
@_exported public import Configurations
@_exported public import Documents
@_exported public import Encoding
@_exported public import Estimation
@_exported public import Hardware
@_exported public import Images
@_exported public import Operators
@_exported public import Photographs
@_exported public import Quantities
@_exported public import Questions
@_exported public import Reduction
@_exported public import Reports
@_exported public import Reproduction
@_exported public import Tensors
@_exported public import Validation
