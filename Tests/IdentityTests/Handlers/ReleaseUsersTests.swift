import ContractLifecycle
import Identifiers
import IdentityAPI
import IdentityDomain
import RPC
import Testing

@testable import IdentityServer

@Suite("ReleaseUsers")
struct ReleaseUsersTests {
    static let operation = OperationID(secondsSince1970: 7)

    static func counts(passwords: Int, keys: Int, users: Int) -> ReleaseUsers.Reply {
        ReleaseUsers.Reply(deleted: [
            KindCount(kind: "passwords", count: passwords),
            KindCount(kind: "api_keys", count: keys), KindCount(kind: "users", count: users),
        ])
    }

    @Test("users go with their passwords and keys, dead keys too, and nobody else's")
    func releases() async throws {
        let identity = try await TestIdentity()
        let gone = try await identity.makeUser("gone@example.com")
        let stays = try await identity.makeUser("stays@example.com")
        for _ in 0..<3 { _ = try await identity.service.generateAPIKey(for: gone.authenticated) }
        _ = try await identity.service.generateAPIKey(for: stays.authenticated)
        let reply = try await identity.service.releaseUsers(
            ReleaseUsers(operation: Self.operation, users: [gone.id]))
        #expect(reply == Self.counts(passwords: 1, keys: 3, users: 1))
        let left = try await identity.service.getUsers(GetUsers(users: [gone.id, stays.id]))
        #expect(left.users == [stays.summary])
        #expect(try await identity.count("api_key") == 2)
        #expect(try await identity.count("password") == 1)
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
