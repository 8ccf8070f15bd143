import Crypto
public import RPC

/// The tokens by which peers on Unix sockets prove their names: what a listener knows of them.
///
/// Only digests (SHA-256) are kept. A token must have at least 256 bits of randomness, so a plain
/// digest is enough.
public struct PeerTokens: Sendable {
    private let digests: [PeerName: [UInt8]]

    /// Nobody has a token.
    public init() {
        self.digests = [:]
    }

    /// Makes the set from each peer's token digest.
    public init(digests: [PeerName: [UInt8]]) {
        self.digests = digests
    }

    /// Makes the set from the tokens themselves.
    public init(tokens: [PeerName: String]) {
        self.digests = tokens.mapValues { Self.digest(Array($0.utf8)[...]) }
    }

    /// These and those of `other`, whose tokens count where both name a peer.
    public func merging(_ other: PeerTokens) -> PeerTokens {
        PeerTokens(digests: self.digests.merging(other.digests) { _, later in later })
    }

    /// The digest to configure for a token: the 32 bytes of its SHA-256.
    public static func digest(of token: String) -> [UInt8] { self.digest(Array(token.utf8)[...]) }

    private static func digest(_ token: ArraySlice<UInt8>) -> [UInt8] {
        Array(SHA256.hash(data: token))
    }

    /// The peer whose token stands in `authorization`: `Bearer <peer>:<token>`.
    ///
    /// `nil` when the header is malformed, the peer unknown or the token another. Comparing takes the
    /// same time wherever the digests differ, and unknown peers take no less than known ones.
    func peer(proving authorization: [UInt8]) -> PeerName? {
        let scheme = Array("Bearer ".utf8)
        guard authorization.starts(with: scheme),
            let colon = authorization.lastIndex(of: UInt8(ascii: ":")), colon >= scheme.count
        else { return nil }
        let peer = PeerName(String(decoding: authorization[scheme.count..<colon], as: UTF8.self))
        let digest = Self.digest(authorization[(colon + 1)...])
        let expected = self.digests[peer]
        let isEqual = Self.isEqual(digest, expected ?? [UInt8](repeating: 0, count: digest.count))
        return isEqual && expected != nil ? peer : nil
    }

    private static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in left.indices { difference |= left[index] ^ right[index] }
        return difference == 0
    }
}

/// How a client proves its name to a listener on a Unix socket.
public struct PeerCredentials: Sendable {
    /// The name it claims.
    public var peer: PeerName
    /// The token that proves it.
    public var token: String

    /// Makes credentials.
    public init(peer: PeerName, token: String) {
        self.peer = peer
        self.token = token
    }

    /// The `authorization` field.
    var authorization: String { "Bearer \(self.peer):\(self.token)" }
}
