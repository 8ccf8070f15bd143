#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// An address of either family, as 16 bytes: IPv4 is `::ffff:a.b.c.d` (RFC 4291 section 2.5.5.2).
package struct IPAddress: Hashable, Sendable {
    let bytes: [UInt8]

    /// Reads the text of an address of either family, without zone or port.
    package init?(_ text: String) {
        if let bytes = Self.parse(text, AF_INET, count: 4) {
            self.bytes = Self.mappedPrefix + bytes
        } else if let bytes = Self.parse(text, AF_INET6, count: 16) {
            self.bytes = bytes
        } else {
            return nil
        }
    }

    /// The IPv4 address this is, or carries through some transition mechanism; `nil` when neither.
    ///
    /// A packet to such an address ends at the IPv4 one, so it is that one which must be allowed.
    var embedded: IPAddress? {
        for (prefix, offset) in Self.carriers where self.bytes.starts(with: prefix) {
            return IPAddress(bytes: Self.mappedPrefix + self.bytes[offset..<(offset + 4)])
        }
        return nil
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    static let mappedPrefix = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF]

    /// Prefixes of addresses that carry an IPv4 address, and where: mapped, NAT64 (RFC 6052), 6to4
    /// (RFC 3056).
    private static let carriers: [([UInt8], Int)] = [
        (mappedPrefix, 12),
        ([0x00, 0x64, 0xFF, 0x9B] + [UInt8](repeating: 0, count: 8), 12),
        ([0x20, 0x02], 2),
    ]

    private static func parse(_ text: String, _ family: Int32, count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        return inet_pton(family, text, &bytes) == 1 ? bytes : nil
    }
}

/// A block of addresses: `10.0.0.0/8`, `fc00::/7`.
package struct IPNetwork: Hashable, Sendable {
    private let prefix: IPAddress
    private let bits: Int

    /// Reads a block, or a single address; bits beyond the prefix must be zero.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let address = IPAddress(String(parts[0])) else {
            return nil
        }
        let isIPv4 = !parts[0].contains(":")
        var bits = 128
        if parts.count == 2 {
            guard let length = Int(parts[1]), (0...(isIPv4 ? 32 : 128)).contains(length) else {
                return nil
            }
            bits = isIPv4 ? length + 96 : length
        }
        self.prefix = address
        self.bits = bits
        guard (bits..<128).allSatisfy({ !Self.bit($0, of: address) }) else { return nil }
    }

    /// Whether an address is in the block.
    package func contains(_ address: IPAddress) -> Bool {
        (0..<self.bits).allSatisfy {
            Self.bit($0, of: address) == Self.bit($0, of: self.prefix)
        }
    }

    private static func bit(_ index: Int, of address: IPAddress) -> Bool {
        address.bytes[index / 8] & (0x80 >> UInt8(index % 8)) != 0
    }
}
