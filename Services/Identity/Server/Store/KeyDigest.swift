import Crypto
import IdentityDomain
import PublicHTTP

/// SHA-256 of an API key or a session's token: what is stored in its place.
///
/// A fast hash is enough: 256 random bits cannot be found by trying.
struct KeyDigest: Sendable {
    private let digest: SHA256.Digest

    /// Hashes a key.
    init(_ key: APIKey) {
        self.digest = SHA256.hash(data: Array(key.text.utf8))
    }

    /// Hashes a session's token.
    init(_ token: SessionToken) {
        self.digest = SHA256.hash(data: Array(token.reveal().utf8))
    }

    /// The 32 bytes.
    var bytes: [UInt8] { Array(self.digest) }

    /// Whether `stored` is the same, in a time that does not tell where the two differ.
    func equals(_ stored: [UInt8]) -> Bool { self.digest == stored }
}
