internal import CKernels

/// Processors that this program may use, at least one: fewer than there are under `taskset`.
package var processors: Int { Int(kernels_processors()) }
