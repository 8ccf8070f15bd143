import Identifiers
import IdentityAPI
import IdentityDomain
import Storage
import TestKit
import Testing

@testable import IdentityServer

@Suite("What users change of themselves")
struct UpdateMeTests {
    static let other = "battery-staple-2"

    static func change(
        current: String?, new: String? = Self.other
    ) throws -> UserChange {
        try UserChange(currentPassword: current, newPassword: new, rule: PasswordRule())
    }

    @Test("names and employer change, what is left out stays")
    func names() async throws {
        let identity = try await TestIdentity()
        let user = try await identity.makeUser()
        let change = try UserChange(
            lastName: "Lovelace", company: .named("Engines"), rule: PasswordRule())
        let changed = try await identity.service.updateMe(
            change, by: user.authenticated, session: nil, from: nil)
        #expect(changed.firstName == "Ada" && changed.lastName == "Lovelace")
        #expect(changed.company == "Engines")
        #expect(try await identity.service.me(user.authenticated) == changed)
        let removal = try UserChange(company: .removed, rule: PasswordRule())
        let without = try await identity.service.updateMe(
            removal, by: user.authenticated, session: nil, from: nil)
        #expect(without.company == nil && without.lastName == "Lovelace")
        #expect(try await identity.signIn(user.email, TestIdentity.password) != .refused)
    }

    @Test("a new password ends all sessions but the one it is set by; keys go on working")
    func password() async throws {
        let identity = try await TestIdentity()
        let user = try await identity.makeUser()
        let caller = user.authenticated
        let key = try await identity.service.generateAPIKey(for: caller).key.text
        let kept = try await identity.service.createSession(
            for: caller, address: nil, agent: nil)
        let other = try await identity.service.createSession(
            for: caller, address: nil, agent: nil)
        _ = try await identity.service.updateMe(
            Self.change(current: TestIdentity.password), by: caller, session: kept.session.id,
            from: "192.0.2.1")
        #expect(try await identity.signIn(user.email, TestIdentity.password) == .refused)
        #expect(try await identity.signIn(user.email, Self.other) == .accepted(caller))
        #expect(try await identity.signIn(user.email, key) == .accepted(caller))
        #expect(try await identity.service.authenticate(kept.token) != .refused)
        #expect(try await identity.service.authenticate(other.token) == .refused)
    }

    @Test("wrong current passwords lock the account, for signing in too")
    func lockout() async throws {
        let identity = try await TestIdentity()
        let user = try await identity.makeUser()
        for _ in 0..<5 {
            await #expect(throws: IdentityRefusal.wrongPassword) {
                _ = try await identity.service.updateMe(
                    Self.change(current: "wrong-pass-1"), by: user.authenticated, session: nil,
                    from: nil)
            }
        }
        await #expect(throws: IdentityRefusal.wrongPassword) {
            _ = try await identity.service.updateMe(
                Self.change(current: TestIdentity.password), by: user.authenticated, session: nil,
                from: nil)
        }
        #expect(try await identity.signIn(user.email, TestIdentity.password) == .refused)
        identity.clock.advance(milliseconds: 900_000)
        #expect(try await identity.signIn(user.email, TestIdentity.password) != .refused)
    }

    @Test("wrong current passwords count for the address they come from")
    func address() async throws {
        var limits = TestIdentity.limits
        limits.addressFailuresMax = 2
        let identity = try await TestIdentity(limits: limits)
        let user = try await identity.makeUser()
        for _ in 0..<2 {
            await #expect(throws: IdentityRefusal.wrongPassword) {
                _ = try await identity.service.updateMe(
                    Self.change(current: "wrong-pass-1"), by: user.authenticated, session: nil,
                    from: "192.0.2.1")
            }
        }
        await #expect(throws: IdentityRefusal.wrongPassword) {
            _ = try await identity.service.updateMe(
                Self.change(current: TestIdentity.password), by: user.authenticated, session: nil,
                from: "192.0.2.1")
        }
        _ = try await identity.service.updateMe(
            Self.change(current: TestIdentity.password), by: user.authenticated, session: nil,
            from: "192.0.2.2")
    }

    @Test("who has a password must give it; who has none sets the first")
    func first() async throws {
        let identity = try await TestIdentity()
        let user = try await identity.makeUser()
        await #expect(
            throws: IdentityRefusal.invalidUser([
                UserFault(.currentPassword, "must be given with the new one.")
            ])
        ) {
            _ = try await identity.service.updateMe(
                Self.change(current: nil), by: user.authenticated, session: nil, from: nil)
        }
        await #expect(throws: IdentityRefusal.wrongPassword) {
            _ = try await identity.service.updateMe(
                Self.change(current: "anything-1"), by: identity.admin, session: nil, from: nil)
        }
        _ = try await identity.service.updateMe(
            Self.change(current: nil), by: identity.admin, session: nil, from: nil)
        #expect(
            try await identity.signIn(identity.admin.email, Self.other)
                == .accepted(identity.admin))
    }

    @Test("a service account gets no password")
    func serviceAccount() async throws {
        let identity = try await TestIdentity()
        let account = try await identity.service.createServiceAccount(
            NewServiceAccount(email: "robot@example.com", name: "Robot"), by: identity.admin
        ).account
        await #expect(throws: IdentityRefusal.forbidden) {
            _ = try await identity.service.updateMe(
                Self.change(current: nil), by: account.authenticated, session: nil, from: nil)
        }
        #expect(try await identity.count("password", of: account.id) == 0)
    }

    @Test("every fault is told at once")
    func faults() throws {
        #expect {
            _ = try UserChange(
                firstName: "", lastName: "\u{7}", company: .named(" "), currentPassword: "same",
                newPassword: "same", rule: PasswordRule())
        } throws: { error in
            guard case .invalidUser(let faults) = error as? IdentityRefusal else { return false }
            return faults.map(\.field.rawValue) == [
                "first_name", "last_name", "company", "new_password", "new_password",
                "new_password",
            ]
        }
        #expect(
            throws: IdentityRefusal.invalidUser([
                UserFault(.newPassword, "must be given with the current one.")
            ])
        ) { _ = try Self.change(current: "x", new: nil) }
    }
}
