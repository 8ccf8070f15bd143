import Crypto
import CryptoExtras

/// How much work scrypt is (RFC 7914, section 2).
struct ScryptWork: Hashable, Sendable {
    /// N, a power of two.
    var rounds: Int
    /// r.
    var blockSize: Int
    /// p.
    var parallelism: Int
}

/// A password as it is stored: hashed with scrypt (RFC 7914) under a salt of its own.
struct PasswordHash: Hashable, Sendable {
    static let saltBytes = 16
    static let hashBytes = 32

    /// The work the hash was made with; what is set now may differ.
    var work: ScryptWork
    /// 16 random bytes.
    var salt: [UInt8]
    /// The 32 bytes that scrypt derives.
    var hash: [UInt8]

    /// A hash that no password has, for comparing when there is nothing to compare with.
    static func decoy(work: ScryptWork) -> PasswordHash {
        PasswordHash(
            work: work, salt: Self.random(Self.saltBytes), hash: Self.random(Self.hashBytes))
    }

    /// Takes what was stored.
    init(work: ScryptWork, salt: [UInt8], hash: [UInt8]) {
        self.work = work
        self.salt = salt
        self.hash = hash
    }

    /// Hashes a password under a new salt; keeps a processor busy for tens of milliseconds.
    ///
    /// - Throws: when `work` is nothing scrypt can do.
    init(of password: String, work: ScryptWork) throws {
        let salt = Self.random(Self.saltBytes)
        let key = try Self.derive(password, salt: salt, work: work)
        self.init(work: work, salt: salt, hash: key.withUnsafeBytes { Array($0) })
    }

    /// Whether this is the hash of `password`; the comparison's time does not tell how near it came.
    func matches(_ password: String) throws -> Bool {
        // SymmetricKey's `==` takes the same time wherever two keys differ.
        try Self.derive(password, salt: self.salt, work: self.work)
            == SymmetricKey(data: self.hash)
    }

    private static func derive(
        _ password: String, salt: [UInt8], work: ScryptWork
    ) throws -> SymmetricKey {
        try KDF.Scrypt.deriveKey(
            from: Array(password.utf8), salt: salt, outputByteCount: Self.hashBytes,
            rounds: work.rounds, blockSize: work.blockSize, parallelism: work.parallelism)
    }

    private static func random(_ count: Int) -> [UInt8] {
        var random = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    }
}
