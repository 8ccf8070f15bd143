import FlowRuntimeDomain
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Finds the address to connect to, and refuses those a flow must not reach.
///
/// The address that was checked is the one connected to: a name that changes its mind in between
/// gains nothing.
struct AddressResolver: Sendable {
    let policy: AddressPolicy

    enum Failure: Error, Hashable {
        /// The name has no address.
        case unknown
        /// It has addresses, and none of them may be reached.
        case refused
    }

    /// The text of the first address of a host that may be connected to.
    func address(of host: String) async throws -> String {
        let texts = try await NIOThreadPool.singleton.runIfActive { Self.lookUp(host) }
        if texts.isEmpty { throw Failure.unknown }
        let permitted = texts.first { text in
            IPAddress(text).map(self.policy.permits) ?? false
        }
        guard let permitted else { throw Failure.refused }
        return permitted
    }

    /// The addresses of a host, in the order the system prefers; blocks.
    private static func lookUp(_ host: String) -> [String] {
        if IPAddress(host) != nil { return [host] }
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var texts: [String] = []
        var entry = list
        while let current = entry {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let result = getnameinfo(
                current.pointee.ai_addr, current.pointee.ai_addrlen, &text,
                socklen_t(text.count), nil, 0, NI_NUMERICHOST)
            if result == 0 {
                let bytes = text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
                texts.append(String(decoding: bytes, as: UTF8.self))
            }
            entry = current.pointee.ai_next
        }
        return texts
    }
}
