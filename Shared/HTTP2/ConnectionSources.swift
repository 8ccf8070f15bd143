package import NIOCore

/// How many connections each address has, for those who let in only so many of one.
package struct ConnectionSources: Sendable {
    private var counts: [ConnectionSource: Int] = [:]
    private let max: Int

    /// Nobody is connected.
    ///
    /// - Parameter max: Connections of one address.
    package init(max: Int) { self.max = max }

    /// Counts a connection; false when its address has as many as it may.
    ///
    /// - Parameter source: `nil` for a Unix socket, whose file decides who may connect.
    package mutating func add(_ source: ConnectionSource?) -> Bool {
        guard let source else { return true }
        let count = self.counts[source, default: 0]
        guard count < self.max else { return false }
        self.counts[source] = count + 1
        return true
    }

    /// Takes back what ``add(_:)`` has counted.
    package mutating func remove(_ source: ConnectionSource?) {
        guard let source, let count = self.counts[source] else { return }
        self.counts[source] = count > 1 ? count - 1 : nil
    }
}

/// Where a connection comes from, as far as one party is told from another by it.
///
/// An IPv4 address; of an IPv6 address its first 64 bits, because one party has all of what follows
/// (RFC 4291 section 2.5.1). An IPv4 address written in IPv6 is the IPv4 address.
package struct ConnectionSource: Hashable, Sendable {
    private let bits: UInt64

    /// - Returns: `nil` when it is no Internet address.
    package init?(_ address: SocketAddress?) {
        // The system's structs: family and port in four bytes, then the address of IPv4, or four
        // bytes of flow information and the address of IPv6, all in network order.
        switch address {
        case .v4(let address):
            self.bits = withUnsafeBytes(of: address.address) {
                UInt64(UInt32(bigEndian: $0.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
            }
        case .v6(let address):
            self.bits = withUnsafeBytes(of: address.address) {
                let network = UInt64(
                    bigEndian: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
                let host = UInt64(
                    bigEndian: $0.loadUnaligned(fromByteOffset: 16, as: UInt64.self))
                let isIPv4 = network == 0 && host >> 32 == 0xFFFF
                return isIPv4 ? host & 0xFFFF_FFFF : network
            }
        case .unixDomainSocket, nil: return nil
        }
    }
}
