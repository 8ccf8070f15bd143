import NIOCore

/// Where to listen or to connect: `unix:/path`, or `host:port`.
public enum HTTP2Address: Hashable, Sendable, CustomStringConvertible {
    /// A Unix socket in the file system.
    case unixSocket(path: String)
    /// TCP; to listen, port 0 lets the system choose.
    case tcp(host: String, port: Int)

    /// Reads an address; IPv6 hosts stand in brackets.
    ///
    /// - Throws: ``HTTP2SetupError`` naming what is wrong with the text.
    public init(_ text: String) throws(HTTP2SetupError) {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst("unix:".count))
            guard path.hasPrefix("/"), path.utf8.count <= FixedLimits.unixPathBytesMax else {
                throw HTTP2SetupError(
                    "\(text): a socket's path starts with / and has at most "
                        + "\(FixedLimits.unixPathBytesMax) bytes")
            }
            self = .unixSocket(path: path)
            return
        }
        guard let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...])
        else { throw HTTP2SetupError("\(text): not unix:/path and not host:port") }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard !host.isEmpty else { throw HTTP2SetupError("\(text): the host is missing") }
        self = .tcp(host: String(host), port: Int(port))
    }

    init?(_ address: SocketAddress?) {
        switch address {
        case .unixDomainSocket?:
            guard let path = address?.pathname else { return nil }
            self = .unixSocket(path: path)
        case .v4?, .v6?:
            guard let host = address?.ipAddress, let port = address?.port else { return nil }
            self = .tcp(host: host, port: port)
        case nil: return nil
        }
    }

    public var description: String {
        switch self {
        case .unixSocket(let path): "unix:\(path)"
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }
}
