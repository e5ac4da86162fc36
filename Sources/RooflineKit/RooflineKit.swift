// The whole library under one import. Four calls do the main job; Examples/Planning/Sources/FourCalls runs them:
// load a model and a device from the catalog, reduce the visual tokens, study them, render the report.

@_exported public import Answering
@_exported public import Charts
@_exported public import Reports
@_exported public import RooflineCore
@_exported public import RooflineVision
