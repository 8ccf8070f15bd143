/// Conversions to and from IEEE 754 binary16, which not every platform has as a type.
enum HalfPrecision {
    /// The bits of a number that binary16 holds without loss; every NaN is the canonical one.
    static func bits(exactly value: Float) -> UInt16? {
        let bits = value.bitPattern
        let sign = UInt16(truncatingIfNeeded: bits >> 16) & 0x8000
        let exponent = Int((bits >> 23) & 0xff) - 127
        let fraction = bits & 0x7f_ffff
        switch exponent {
        case 128:
            return fraction == 0 ? sign | 0x7c00 : 0x7e00
        case -14...15:
            guard fraction & 0x1fff == 0 else { return nil }
            let rebased = UInt16(truncatingIfNeeded: exponent + 15) << 10
            return sign | rebased | UInt16(truncatingIfNeeded: fraction >> 13)
        case -24 ..< -14:
            // A subnormal of binary16: the leading one becomes explicit.
            let shift = UInt32(-1 - exponent)
            let significand = fraction | 0x80_0000
            guard significand & ((1 << shift) - 1) == 0 else { return nil }
            return sign | UInt16(truncatingIfNeeded: significand >> shift)
        default:
            return bits & 0x7fff_ffff == 0 ? sign : nil
        }
    }

    /// The number that sixteen bits stand for.
    static func value(_ bits: UInt16) -> Float {
        let sign = UInt32(bits & 0x8000) << 16
        let exponent = UInt32(bits >> 10) & 0x1f
        let fraction = UInt32(bits & 0x3ff)
        switch exponent {
        case 0:
            let magnitude = Float(fraction) * 0x1p-24
            return Float(bitPattern: magnitude.bitPattern | sign)
        case 31:
            return Float(bitPattern: sign | 0x7f80_0000 | fraction << 13)
        default:
            return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
        }
    }
}
