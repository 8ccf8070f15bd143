import Identifiers
import IdentityAPI
import IdentityDomain
import TestKit
import Testing

@testable import IdentityServer

@Suite("SSH keys of users")
struct SSHKeysTests {
    static func add(
        _ line: String, to identity: TestIdentity, of user: User
    ) async throws -> SSHKey {
        try await identity.service.addSSHKey(
            NewSSHKey(line: line, title: nil), of: user.authenticated)
    }

    @Test("a key is a user's once, and may be another's too")
    func unique() async throws {
        let identity = try await TestIdentity()
        let user = try await identity.makeUser()
        let other = try await identity.makeUser("other@example.com")
        _ = try await Self.add(SSHKeySamples.ed25519, to: identity, of: user)
        await #expect(throws: IdentityRefusal.sshKeyTaken) {
            _ = try await Self.add("\(SSHKeySamples.ed25519) renamed", to: identity, of: user)
        }
        _ = try await Self.add(SSHKeySamples.ed25519, to: identity, of: other)
        #expect(try await identity.count("ssh_key") == 2)
    }

    @Test("keys are listed by page, and seen and removed by nobody else")
    func own() async throws {
        let identity = try await TestIdentity()
        let user = try await identity.makeUser()
        let other = try await identity.makeUser("other@example.com")
        let service = identity.service
        var keys: [SSHKey] = []
        for line in [SSHKeySamples.ed25519, SSHKeySamples.rsa2048, SSHKeySamples.nistp256] {
            identity.clock.advance(milliseconds: 1_000)
            keys.append(try await Self.add(line, to: identity, of: user))
        }
        let page = try await service.listSSHKeys(limit: 2, offset: 1, of: user.authenticated)
        #expect(page.keys == Array(keys.dropFirst()) && page.total == 3)
        let none = try await service.listSSHKeys(limit: 2, offset: 0, of: other.authenticated)
        #expect(none.keys.isEmpty && none.total == 0)
        await #expect(throws: IdentityRefusal.unknownSSHKey) {
            _ = try await service.sshKey(keys[0].id, of: other.authenticated)
        }
        await #expect(throws: IdentityRefusal.unknownSSHKey) {
            try await service.removeSSHKey(keys[0].id, of: other.authenticated)
        }
        #expect(try await service.sshKey(keys[0].id, of: user.authenticated) == keys[0])
        try await service.removeSSHKey(keys[0].id, of: user.authenticated)
        await #expect(throws: IdentityRefusal.unknownSSHKey) {
            try await service.removeSSHKey(keys[0].id, of: user.authenticated)
        }
    }

    @Test("a user has no more keys than may be, and a deleted one none")
    func bounded() async throws {
        var limits = TestIdentity.limits
        limits.sshKeysPerUserMax = 1
        let identity = try await TestIdentity(limits: limits)
        let user = try await identity.makeUser()
        _ = try await Self.add(SSHKeySamples.ed25519, to: identity, of: user)
        await #expect(throws: IdentityRefusal.tooManySSHKeys(max: 1)) {
            _ = try await Self.add(SSHKeySamples.rsa2048, to: identity, of: user)
        }
        _ = try await identity.service.releaseUsers(
            ReleaseUsers(operation: OperationID(secondsSince1970: 1), users: [user.id]))
        await #expect(throws: IdentityRefusal.unknownUser) {
            _ = try await Self.add(SSHKeySamples.rsa2048, to: identity, of: user)
        }
    }
}
