import Crypto
import Synchronization

/// Remembers for a moment who proved who they are, so that a burst of requests asks once.
///
/// Keys are digests of what the client sent with a value that only this process knows; secrets are never
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

    /// Who an `Authorization` header proves: as remembered, or as `authenticate` says.
    ///
    /// - Parameter mayBePassword: Whether a password counts; what is remembered with it counts only
    ///   where one does.
    func principal(
        of authorization: String, mayBePassword: Bool, authenticate: () async throws -> Principal?
    ) async throws -> Principal? {
        let kind = mayBePassword ? Self.passwordKind : Self.keyKind
        return try await self.principal(
            of: self.key(kind, authorization), authenticate: authenticate)
    }

    /// Who the session belongs to: as remembered, or as `authenticate` says.
    func principal(
        of session: SessionToken, authenticate: (SessionToken) async throws -> Principal?
    ) async throws -> Principal? {
        try await self.principal(of: self.key(Self.sessionKind, session.reveal())) {
            try await authenticate(session)
        }
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

    private static let keyKind: UInt8 = 0
    private static let passwordKind: UInt8 = 1
    private static let sessionKind: UInt8 = 2

    private func key(_ kind: UInt8, _ proof: String) -> Key {
        var hash = SHA256()
        self.salt.withUnsafeBytes { hash.update(bufferPointer: $0) }
        withUnsafeBytes(of: kind) { hash.update(bufferPointer: $0) }
        var proof = proof
        proof.withUTF8 { hash.update(bufferPointer: UnsafeRawBufferPointer($0)) }
        return hash.finalize()
    }
}
