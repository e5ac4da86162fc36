// What prices models on devices, under one import: devices, models, operators, estimates, questions. Of foreign libraries
// it links libyaml alone. A question runs the reducers that it names; their own types are part of RooflineVision.

@_exported public import Architectures
@_exported public import Catalog
@_exported public import Configurations
@_exported public import Documents
@_exported public import Engines
@_exported public import Estimation
@_exported public import Hardware
@_exported public import Operators
@_exported public import Planning
@_exported public import Quantities
@_exported public import Questions
@_exported public import ReductionMethods
@_exported public import Reproduction
@_exported public import Serving
@_exported public import Traffic
@_exported public import Validation
