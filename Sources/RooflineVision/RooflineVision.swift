// What looks at pictures, under one import: images, features, reducers that run, the vision tower. Links libjpeg and
// libpng, and loads OpenBLAS when a tower runs.

@_exported public import Encoding
@_exported public import Images
@_exported public import Photographs
@_exported public import Reduction
@_exported public import RooflineCore
@_exported public import Tensors
