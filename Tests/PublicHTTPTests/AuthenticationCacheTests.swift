import Foundation
import Synchronization
import Testing

@testable import PublicHTTP

@Suite("Remembering who proved who they are")
struct AuthenticationCacheTests {
    /// A clock that is set by hand.
    final class HandClock: Sendable {
        private let instant = Mutex(ContinuousClock.now)
        var now: ContinuousClock.Instant { self.instant.withLock { $0 } }
        func advance(_ duration: Duration) { self.instant.withLock { $0 += duration } }
    }

    private let authenticator = CountingAuthenticator()
    private let clock = HandClock()

    private func cache(entriesMax: Int = 10) -> AuthenticationCache {
        AuthenticationCache(lifetime: .seconds(1), entriesMax: entriesMax) { self.clock.now }
    }

    private func principal(
        _ cache: AuthenticationCache, _ email: String, _ secret: String, password: Bool = false
    ) async throws -> Principal? {
        let header = Self.header(email, secret)
        return try await cache.principal(of: header, mayBePassword: password) {
            let credentials = BasicCredentials(authorization: header, mayBePassword: password)
            return try await self.authenticator.authenticate(#require(credentials))
        }
    }

    private static func header(_ email: String, _ secret: String) -> String {
        "Basic " + Data("\(email):\(secret)".utf8).base64EncodedString()
    }

    @Test("a success is remembered for its lifetime and not longer")
    func lifetime() async throws {
        let cache = self.cache()
        for _ in 0..<3 {
            #expect(try await self.principal(cache, "ada@example.com", "key") != nil)
        }
        #expect(self.authenticator.asked == 1)
        self.clock.advance(.seconds(1))
        #expect(try await self.principal(cache, "ada@example.com", "key") != nil)
        #expect(self.authenticator.asked == 2)
    }

    @Test("what identity has killed is dead a second later by the limits every listener has")
    func rotation() async throws {
        let lifetime = Duration.milliseconds(PublicLimits().authenticationCacheMilliseconds)
        #expect(lifetime <= .seconds(1))
        let cache = AuthenticationCache(lifetime: lifetime, entriesMax: 10) { self.clock.now }
        #expect(try await self.principal(cache, "ada@example.com", "key") != nil)
        self.clock.advance(lifetime)
        let dead = try await cache.principal(
            of: Self.header("ada@example.com", "key"), mayBePassword: false
        ) { nil }
        #expect(dead == nil)
    }

    @Test("a failure is asked about every time")
    func failure() async throws {
        let cache = self.cache()
        for _ in 0..<3 {
            #expect(try await self.principal(cache, "ada@example.com", "wrong") == nil)
        }
        #expect(self.authenticator.asked == 3)
    }

    @Test("a password proven where passwords count proves nothing elsewhere")
    func purpose() async throws {
        let cache = self.cache()
        #expect(
            try await self.principal(cache, "ada@example.com", "password", password: true) != nil)
        #expect(try await self.principal(cache, "ada@example.com", "password") == nil)
    }

    @Test("what is remembered stays within its bound")
    func bound() async throws {
        let cache = self.cache(entriesMax: 1)
        #expect(try await self.principal(cache, "ada@example.com", "key") != nil)
        #expect(try await self.principal(cache, "ada@example.com", "key", password: true) != nil)
        #expect(try await self.principal(cache, "ada@example.com", "key") != nil)
        #expect(self.authenticator.asked == 3)
    }

    @Test("credentials print without their secret")
    func redaction() {
        let credentials = BasicCredentials(
            email: "ada@example.com", secret: Secret("hunter2"), mayBePassword: false)
        var dumped = ""
        dump(credentials, to: &dumped)
        #expect(!"\(credentials) \(String(reflecting: credentials)) \(dumped)".contains("hunter2"))
    }

    @Test(
        "only well-formed Basic credentials are read",
        arguments: [
            ("Basic YTpi", "a", "b"), ("basic YTpi", "a", "b"), ("Basic YTpiOmM=", "a", "b:c"),
            ("Basic Og==", "", ""),
        ])
    func basic(header: String, email: String, secret: String) {
        let read = BasicCredentials(authorization: header, mayBePassword: false)
        #expect(read?.email == email)
        #expect(read?.secret.reveal() == secret)
    }

    @Test(
        "malformed credentials are no credentials",
        arguments: ["", "Basic", "Basic YWI=", "Basic YTpi=", "Basic YTp", "Basic /zo=", "Basic Y"])
    func malformed(header: String) {
        #expect(BasicCredentials(authorization: header, mayBePassword: false) == nil)
    }
}
