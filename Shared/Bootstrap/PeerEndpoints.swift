import HTTP2

/// Where a peer answers, as `peers.<peer>.endpoint` says it.
enum PeerEndpoints: Hashable, Sendable {
    /// `unix:PATH` or `HOST:PORT`, several by commas.
    case addresses([HTTP2Address])
    /// `dns:HOST:PORT`: every address of the host, looked up again from time to time.
    case name(host: String, port: Int)

    /// Reads the setting.
    ///
    /// - Throws: ``ConfigurationError`` or `HTTP2SetupError` saying what is wrong with it.
    init(_ text: String, of peer: String) throws {
        if text.hasPrefix("dns:") {
            guard case .tcp(let host, let port) = try HTTP2Address(String(text.dropFirst(4))) else {
                throw ConfigurationError("peers.\(peer).endpoint: dns: takes HOST:PORT")
            }
            self = .name(host: host, port: port)
            return
        }
        let addresses = try text.split(separator: ",").map { try HTTP2Address(String($0)) }
        guard !addresses.isEmpty else {
            throw ConfigurationError("peers.\(peer).endpoint names no address")
        }
        self = .addresses(addresses)
    }

    /// Whether nothing leaves the machine.
    var areLocal: Bool {
        guard case .addresses(let addresses) = self else { return false }
        return addresses.allSatisfy { if case .unixSocket = $0 { true } else { false } }
    }
}
