/// The value of an IEEE 754 half-precision number, from its bits.
///
/// Exact for every pattern, subnormals, infinities and NaN included. Works on the bits because `Float16` does not
/// exist on every platform.
@inline(__always)
func float(half bits: UInt16) -> Float {
  // The fields move into place; the exponent is rebased from 15 to 127 by multiplying with 2^112.
  let magnitude = Float(bitPattern: UInt32(bits & 0x7FFF) << 13) * 0x1p112
  // An exponent of all ones came out as 2^16 or more, which no finite half reaches: infinity or NaN.
  let exponent: UInt32 = magnitude >= 0x1p16 ? 0x7F80_0000 : 0
  return Float(bitPattern: magnitude.bitPattern | exponent | UInt32(bits & 0x8000) << 16)
}

/// The value of a bfloat16 number, the upper half of a `Float`, from its bits.
@inline(__always)
func float(brain bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }
