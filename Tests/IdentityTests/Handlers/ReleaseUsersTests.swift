import ContractLifecycle
import Identifiers
import IdentityAPI
import IdentityDomain
import RPC
import Storage
import Testing

@testable import IdentityServer

@Suite("ReleaseUsers")
struct ReleaseUsersTests {
    static let operation = OperationID(secondsSince1970: 7)

    static func counts(
        passwords: Int, keys: Int, sessions: Int = 0, sshKeys: Int = 0, users: Int
    ) -> ReleaseUsers.Reply {
        ReleaseUsers.Reply(deleted: [
            KindCount(kind: "passwords", count: passwords),
            KindCount(kind: "api_keys", count: keys),
            KindCount(kind: "sessions", count: sessions),
            KindCount(kind: "ssh_keys", count: sshKeys), KindCount(kind: "users", count: users),
        ])
    }

    @Test("users go with all that is kept of them, dead keys too, and nobody else goes")
    func releases() async throws {
        let identity = try await TestIdentity()
        let gone = try await identity.makeUser("gone@example.com")
        let stays = try await identity.makeUser("stays@example.com")
        for _ in 0..<3 { _ = try await identity.service.generateAPIKey(for: gone.authenticated) }
        _ = try await identity.service.generateAPIKey(for: stays.authenticated)
        for user in [gone, gone, stays] {
            _ = try await identity.service.createSession(
                for: user.authenticated, address: "192.0.2.1", agent: nil)
        }
        for user in [gone, stays] {
            _ = try await identity.service.addSSHKey(
                NewSSHKey(line: SSHKeySamples.ed25519, title: nil), of: user.authenticated)
        }
        let reply = try await identity.service.releaseUsers(
            ReleaseUsers(operation: Self.operation, users: [gone.id]))
        #expect(reply == Self.counts(passwords: 1, keys: 3, sessions: 2, sshKeys: 1, users: 1))
        let left = try await identity.service.getUsers(GetUsers(users: [gone.id, stays.id]))
        #expect(left.users == [stays.summary])
        #expect(try await identity.count("api_key") == 2)
        #expect(try await identity.count("password") == 1)
        #expect(try await identity.count("session") == 1)
        #expect(try await identity.count("ssh_key") == 1)
    }

    @Test("every table that names a user is emptied of a user who goes")
    func sweep() async throws {
        let identity = try await TestIdentity()
        let user = try await identity.makeUser()
        _ = try await identity.service.generateAPIKey(for: user.authenticated)
        _ = try await identity.service.createSession(
            for: user.authenticated, address: nil, agent: nil)
        _ = try await identity.service.addSSHKey(
            NewSSHKey(line: SSHKeySamples.ed25519, title: nil), of: user.authenticated)
        let tables = try await identity.database.read { transaction in
            try transaction.rows("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
                .filter { try $0.text("sql").contains("REFERENCES user_account") }
                .map { try $0.text("name") }
        }
        #expect(Set(tables) == ["api_key", "password", "session", "ssh_key"])
        for table in tables {
            #expect(try await identity.count(table, of: user.id) > 0, "\(table) is not tested")
        }
        _ = try await identity.service.releaseUsers(
            ReleaseUsers(operation: Self.operation, users: [user.id]))
        for table in tables {
            #expect(try await identity.count(table, of: user.id) == 0, "\(table)")
        }
    }

    @Test("a repeated request gives the first answer, in whatever order it names the users")
    func replay() async throws {
        let identity = try await TestIdentity()
        let users = [
            try await identity.makeUser("a@example.com").id,
            try await identity.makeUser("b@example.com").id,
        ]
        let first = try await identity.service.releaseUsers(
            ReleaseUsers(operation: Self.operation, users: users))
        #expect(first == Self.counts(passwords: 2, keys: 0, users: 2))
        for order in [users, users.reversed(), users + users] {
            let again = try await identity.service.releaseUsers(
                ReleaseUsers(operation: Self.operation, users: order))
            #expect(again == first)
        }
        let other = try await identity.service.releaseUsers(
            ReleaseUsers(operation: OperationID(secondsSince1970: 8), users: users))
        #expect(other == Self.counts(passwords: 0, keys: 0, users: 0))
    }

    @Test("one operation may release several lots")
    func lots() async throws {
        let identity = try await TestIdentity()
        for name in ["a", "b"] {
            let user = try await identity.makeUser("\(name)@example.com")
            let reply = try await identity.service.releaseUsers(
                ReleaseUsers(operation: Self.operation, users: [user.id]))
            #expect(reply == Self.counts(passwords: 1, keys: 0, users: 1))
        }
    }

    @Test("a Tenant Admin among the users refuses the request, and nothing changes")
    func protected() async throws {
        let identity = try await TestIdentity()
        let user = try await identity.makeUser()
        let request = ReleaseUsers(
            operation: Self.operation, users: [user.id, identity.admin.user])
        for _ in 0..<2 {
            await #expect(throws: IdentityRefusal.protectedUsers([identity.admin.user])) {
                try await identity.service.releaseUsers(request)
            }
        }
        #expect(IdentityRefusal.protectedUsers([]).rpcError.code == .failedPrecondition)
        #expect(try await identity.count("user_account") == 2)
    }

    @Test("unknown users count as nothing, and too many are refused")
    func bounds() async throws {
        let identity = try await TestIdentity()
        let unknown = (1...1_001).map { UserID(secondsSince1970: $0) }
        let reply = try await identity.service.releaseUsers(
            ReleaseUsers(operation: Self.operation, users: Array(unknown.dropLast())))
        #expect(reply == Self.counts(passwords: 0, keys: 0, users: 0))
        await #expect(throws: IdentityRefusal.tooMany(max: 1_000)) {
            try await identity.service.releaseUsers(
                ReleaseUsers(operation: Self.operation, users: unknown))
        }
    }
}
