public import HTTP2
import NIOPosix

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Says where a service listens now.
public protocol EndpointResolver: Sendable {
    /// The endpoints; their order does not matter, and none at all counts as a failure.
    ///
    /// Called from time to time, never twice at once. What it throws is counted, and the endpoints
    /// known so far stay.
    func resolve() async throws -> [HTTP2Address]
}

/// Looks a name up with the system's resolver (`getaddrinfo`), on a thread where it may block.
public struct DNSResolver: EndpointResolver {
    private let host: String
    private let port: Int

    /// Looks up a host; every address it has is an endpoint at this port.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    public func resolve() async throws -> [HTTP2Address] {
        let (host, port) = (self.host, self.port)
        return try await NIOThreadPool.singleton.runIfActive {
            var addresses: [HTTP2Address] = []
            for text in try AddressList(host: host).hosts {
                let address = HTTP2Address.tcp(host: text, port: port)
                if !addresses.contains(address) { addresses.append(address) }
            }
            return addresses
        }
    }
}

/// A name that could not be looked up.
struct ResolutionError: Error, CustomStringConvertible {
    let description: String
}

/// What `getaddrinfo` gives, freed with it.
private struct AddressList: ~Copyable {
    private let first: UnsafeMutablePointer<addrinfo>?

    init(host: String) throws {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_flags = AI_ADDRCONFIG
        #if canImport(Glibc)
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
            hints.ai_socktype = SOCK_STREAM
        #endif
        var first: UnsafeMutablePointer<addrinfo>?
        let result = getaddrinfo(host, nil, &hints, &first)
        guard result == 0 else {
            throw ResolutionError(description: "\(host): \(String(cString: gai_strerror(result)))")
        }
        self.first = first
    }

    deinit {
        if let first = self.first { freeaddrinfo(first) }
    }

    /// The addresses as text.
    var hosts: [String] {
        var hosts: [String] = []
        var next = self.first
        while let entry = next {
            var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let result = getnameinfo(
                entry.pointee.ai_addr, entry.pointee.ai_addrlen, &name, socklen_t(name.count), nil,
                0, NI_NUMERICHOST)
            if result == 0 {
                let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
                hosts.append(String(decoding: bytes, as: UTF8.self))
            }
            next = entry.pointee.ai_next
        }
        return hosts
    }
}
