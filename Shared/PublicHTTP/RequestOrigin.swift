import HTTP2
import NIOCore

/// Where the requests of a connection come from.
struct RequestOrigin: Hashable, Sendable {
    /// The IP address of the other end; `nil` when it has none.
    var address: String?
    /// Whether the connection is encrypted.
    var isSecure = false

    /// What is known of nobody.
    static let unknown = RequestOrigin()

    /// Makes an origin.
    init(address: String? = nil, isSecure: Bool = false) {
        self.address = address
        self.isSecure = isSecure
    }

    /// The origin of a connection.
    init(of channel: any Channel, isSecure: Bool) {
        self.init(address: channel.remoteAddress?.ipAddress, isSecure: isSecure)
    }

    /// The origin of a request: what a proxy says it is, if the connection is a trusted proxy's.
    ///
    /// Of `x-forwarded-for` only the last address counts: the proxy itself has appended it, all
    /// others are the client's word.
    func resolved(_ fields: HTTP2Fields, trusting proxies: Set<String>) -> RequestOrigin {
        guard let address = self.address, proxies.contains(address) else { return self }
        var origin = self
        for field in fields {
            switch field.name {
            case "x-forwarded-for":
                let last = field.value.split(separator: ",").last?.filter { $0 != " " }
                guard let last, let read = try? SocketAddress(ipAddress: String(last), port: 0)
                else { continue }
                origin.address = read.ipAddress
            case "x-forwarded-proto": origin.isSecure = field.value == "https"
            default: continue
            }
        }
        return origin
    }
}
