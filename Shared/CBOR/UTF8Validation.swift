/// Checks that bytes are UTF-8 (RFC 3629: no surrogates, nothing overlong, at most U+10FFFF).
enum UTF8Validation {
    /// Where the first byte that does not belong is, or nil when all is well.
    @inline(__always)
    static func firstInvalid(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int? {
        let ascii = self.asciiPrefix(bytes, count)
        return ascii == count ? nil : self.firstInvalid(bytes, count, from: ascii)
    }

    /// How many bytes at the start are ASCII; may stop up to seven short of the first other.
    @inline(__always)
    private static func asciiPrefix(_ bytes: UnsafePointer<UInt8>, _ count: Int) -> Int {
        let raw = UnsafeRawPointer(bytes)
        let high: UInt64 = 0x8080_8080_8080_8080
        var index = 0
        while index &+ 8 <= count {
            if raw.loadUnaligned(fromByteOffset: index, as: UInt64.self) & high != 0 {
                return index
            }
            index &+= 8
        }
        if index < count, count >= 8 {
            // The last eight bytes, some of which have been seen.
            let last = raw.loadUnaligned(fromByteOffset: count &- 8, as: UInt64.self)
            return last & high == 0 ? count : index
        }
        while index < count, bytes[index] < 0x80 { index &+= 1 }
        return index
    }

    @inline(never)
    private static func firstInvalid(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, from start: Int
    ) -> Int? {
        var index = start
        while index < count {
            let lead = bytes[index]
            if lead < 0x80 {
                index &+= 1
                continue
            }
            let length: Int
            var second: ClosedRange<UInt8> = 0x80...0xbf
            switch lead {
            case 0xc2...0xdf: length = 2
            case 0xe0: (length, second) = (3, 0xa0...0xbf)
            case 0xed: (length, second) = (3, 0x80...0x9f)
            case 0xe1...0xef: length = 3
            case 0xf0: (length, second) = (4, 0x90...0xbf)
            case 0xf1...0xf3: length = 4
            case 0xf4: (length, second) = (4, 0x80...0x8f)
            default: return index
            }
            guard count &- index >= length, second.contains(bytes[index &+ 1]) else {
                return index
            }
            for next in 2..<max(length, 2) where bytes[index &+ next] & 0xc0 != 0x80 {
                return index
            }
            index &+= length
        }
        return nil
    }
}
