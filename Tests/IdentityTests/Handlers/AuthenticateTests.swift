import IdentityAPI
import IdentityDomain
import TestKit
import Testing

@testable import IdentityServer

@Suite("Authenticate")
struct AuthenticateTests {
    static let password = TestIdentity.password

    @Test("the right key is accepted, however the address is spelled")
    func key() async throws {
        let identity = try await TestIdentity()
        for email in ["admin@covenant.local", "ADMIN@Covenant.Local"] {
            for accepting in [Authenticate.Secret.apiKey, .apiKeyOrPassword] {
                let reply = try await identity.signIn(email, identity.adminKey, accepting)
                #expect(reply == .accepted(identity.admin))
            }
        }
    }

    @Test("a key is refused when it is wrong, malformed or somebody else's")
    func wrongKey() async throws {
        let identity = try await TestIdentity()
        let user = try await identity.makeUser()
        let secrets = [APIKey().text, "", "cov_", identity.adminKey.uppercased(), "\0"]
        for secret in secrets {
            #expect(try await identity.signIn(identity.admin.email, secret, .apiKey) == .refused)
        }
        #expect(try await identity.signIn(user.email, identity.adminKey) == .refused)
        #expect(try await identity.signIn("nobody@x", identity.adminKey) == .refused)
    }

    @Test("a password is accepted only where passwords are")
    func password() async throws {
        let identity = try await TestIdentity()
        let user = try await identity.makeUser("Ada@Example.com")
        #expect(
            try await identity.signIn("ADA@example.COM", Self.password)
                == .accepted(user.authenticated))
        #expect(try await identity.signIn(user.email, Self.password, .apiKey) == .refused)
        #expect(try await identity.signIn(user.email, Self.password + "x") == .refused)
        #expect(try await identity.signIn("nobody@example.com", Self.password) == .refused)
    }

    @Test(
        "five wrong passwords lock the account for passwords, not for keys, until the time is over")
    func lockout() async throws {
        let identity = try await TestIdentity()
        let user = try await identity.makeUser()
        let key = try await identity.service.generateAPIKey(for: user.authenticated).key.text
        for _ in 0..<5 {
            #expect(try await identity.signIn(user.email, "wrong-1!") == .refused)
        }
        #expect(try await identity.signIn(user.email, Self.password) == .refused)
        #expect(try await identity.signIn(user.email, key) == .accepted(user.authenticated))
        identity.clock.advance(milliseconds: 899_999)
        #expect(try await identity.signIn(user.email, Self.password) == .refused)
        identity.clock.advance(milliseconds: 1)
        #expect(
            try await identity.signIn(user.email, Self.password) == .accepted(user.authenticated))
    }

    @Test("guesses made side by side are bounded like those made in turn")
    func sideBySide() async throws {
        let identity = try await TestIdentity()
        let user = try await identity.makeUser()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<20 {
                group.addTask { _ = try? await identity.signIn(user.email, "wrong-1!") }
            }
        }
        #expect(try await identity.signIn(user.email, Self.password) == .refused)
    }

    @Test("a dead key counts as no guess at the password")
    func deadKey() async throws {
        let identity = try await TestIdentity()
        let user = try await identity.makeUser()
        for _ in 0..<10 { _ = try await identity.signIn(user.email, APIKey().text) }
        #expect(
            try await identity.signIn(user.email, Self.password) == .accepted(user.authenticated))
    }

    @Test("unknown, passwordless and locked accounts all cost one hashing; a key costs none")
    func sameWork() async throws {
        let identity = try await TestIdentity()
        let user = try await identity.makeUser()
        for _ in 0..<5 { _ = try await identity.signIn(user.email, "wrong-1!") }
        // With no thread to hash on, whoever needs a hashing is told that all are busy.
        var limits = TestIdentity.limits
        limits.hashingThreadsMax = 0
        limits.hashingsWaitingMax = 0
        let service = identity.service(limits: limits)
        for email in ["nobody@example.com", identity.admin.email, user.email] {
            await #expect(throws: IdentityRefusal.busy) {
                try await service.authenticate(
                    Authenticate(
                        email: email, secret: Self.password, accepting: .apiKeyOrPassword))
            }
        }
        let reply = try await service.authenticate(
            Authenticate(email: identity.admin.email, secret: identity.adminKey))
        #expect(reply == .accepted(identity.admin))
    }

    @Test("an address in two tenants signs in to the one whose password it is")
    func twoTenants() async throws {
        let identity = try await TestIdentity()
        let here = try await identity.makeUser()
        let other = try await identity.makeTenant()
        let there = try await identity.service.registerUser(
            RegisterUser(
                tenant: other, email: here.email, firstName: "A", lastName: "B",
                password: "other-horse-2"))
        for _ in 0..<6 {
            let reply = try await identity.signIn(here.email, "other-horse-2")
            guard case .accepted(let user) = reply else {
                Issue.record("refused")
                return
            }
            #expect(user.user == there.user.user)
        }
        // Signing in to the one is no failure at the other.
        #expect(
            try await identity.signIn(here.email, Self.password) == .accepted(here.authenticated))
    }
}
