public import HTTP2
public import NIOCore
public import RPC
public import RPCOverHTTP2

/// Calls a service with bytes that a test chooses, as whatever peer it likes, and never repeats.
///
/// A peer's token is `token-` and the first letter of its name.
public struct RawCaller: Sendable {
    private let address: HTTP2Address
    private let group: any EventLoopGroup

    /// Makes a caller of the service that listens at `address`.
    public init(of address: HTTP2Address, group: any EventLoopGroup) {
        self.address = address
        self.group = group
    }

    /// The answer was not one whole message.
    public struct NoMessage: Error {}

    /// What a listener knows these peers by.
    public static func tokens(of peers: [String]) -> PeerTokens {
        let pairs = peers.map { (PeerName($0), Self.token(of: $0)) }
        return PeerTokens(tokens: Dictionary(pairs) { first, _ in first })
    }

    private static func token(of peer: String) -> String { "token-\(peer.prefix(1))" }

    /// Calls a method with the bytes of a request and gives the bytes of the reply.
    ///
    /// Without `peer` the caller is nameless; `token` takes the place of the peer's own. The
    /// connection is the call's own. Throws what the call ended with, or `NoMessage`.
    public func call(
        _ path: MethodPath, _ body: [UInt8], as peer: String?, token: String? = nil
    ) async throws -> [UInt8] {
        let credentials = peer.map {
            PeerCredentials(peer: PeerName($0), token: token ?? Self.token(of: $0))
        }
        let client = RPCPeer([self.address], credentials: credentials, group: self.group)
        do {
            let call = RPCCall(path: path, body: body, context: CallContext())
            let answer = try await client.carry(call)
            await client.shutDown()
            guard case .message(let bytes, _) = answer else { throw NoMessage() }
            return bytes
        } catch {
            await client.shutDown()
            throw error
        }
    }
}
