import Crypto
import Synchronization

/// Remembers for a moment who proved who they are, so that a burst of requests asks once.
///
/// Keys are digests of the credentials with a value that only this process knows; secrets are never
/// kept. Failures are not remembered: a key that starts to work works at once.
final class AuthenticationCache: Sendable {
    private typealias Key = SHA256.Digest

    private struct Entry {
        let principal: Principal
        let expiry: ContinuousClock.Instant
    }

    private let entries = Mutex<[Key: Entry]>([:])
    private let salt: [UInt8]
    private let lifetime: Duration
    private let entriesMax: Int
    private let now: @Sendable () -> ContinuousClock.Instant

    init(
        lifetime: Duration, entriesMax: Int,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        var random = SystemRandomNumberGenerator()
        self.salt = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        self.lifetime = lifetime
        self.entriesMax = entriesMax
        self.now = now
    }

    /// Who the credentials belong to: as remembered, or as `authenticate` says.
    func principal(
        of credentials: BasicCredentials,
        authenticate: (BasicCredentials) async throws -> Principal?
    ) async throws -> Principal? {
        try await self.principal(of: self.key(of: credentials)) {
            try await authenticate(credentials)
        }
    }

    /// Who the session belongs to: as remembered, or as `authenticate` says.
    func principal(
        of session: SessionToken, authenticate: (SessionToken) async throws -> Principal?
    ) async throws -> Principal? {
        var hash = SHA256()
        hash.update(data: self.salt)
        hash.update(data: Array(session.reveal().utf8))
        return try await self.principal(of: hash.finalize()) { try await authenticate(session) }
    }

    private func principal(
        of key: Key, authenticate: () async throws -> Principal?
    ) async throws -> Principal? {
        let now = self.now()
        let entry = self.entries.withLock { $0[key] }
        if let entry, entry.expiry > now { return entry.principal }
        guard let principal = try await authenticate() else { return nil }
        let expiry = now + self.lifetime
        self.entries.withLock { entries in
            if entries.count >= self.entriesMax {
                entries = entries.filter { $0.value.expiry > now }
                if entries.count >= self.entriesMax { entries = [:] }
            }
            entries[key] = Entry(principal: principal, expiry: expiry)
        }
        return principal
    }

    private func key(of credentials: BasicCredentials) -> Key {
        var hash = SHA256()
        hash.update(data: self.salt)
        // The length parts the e-mail from the secret, so that no two pairs read alike.
        let email = Array(credentials.email.utf8)
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: email.count)) {
            hash.update(bufferPointer: $0)
        }
        hash.update(data: email)
        hash.update(data: [credentials.mayBePassword ? 1 : 0])
        hash.update(data: Array(credentials.secret.reveal().utf8))
        return hash.finalize()
    }
}
