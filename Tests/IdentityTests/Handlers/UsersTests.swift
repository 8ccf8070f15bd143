import Identifiers
import IdentityAPI
import IdentityDomain
import Storage
import TestKit
import Testing

@testable import IdentityServer

@Suite("Users and keys")
struct UsersTests {
    @Test("an address is taken whatever its case, in the tenant only")
    func taken() async throws {
        let identity = try await TestIdentity()
        _ = try await identity.makeUser("ada@example.com")
        await #expect(throws: IdentityRefusal.emailTaken) {
            try await identity.makeUser("ADA@Example.com")
        }
        var elsewhere = identity.registration("ada@example.com")
        elsewhere.tenant = try await identity.makeTenant()
        _ = try await identity.service.registerUser(elsewhere)
        #expect(try await identity.count("user_account") == 3)
    }

    @Test("only a Tenant Admin creates and lists")
    func forbidden() async throws {
        let identity = try await TestIdentity()
        let user = try await identity.makeUser().authenticated
        let new = try NewUser(
            email: "x@example.com", firstName: "X", lastName: "Y", password: TestIdentity.password,
            rule: PasswordRule())
        await #expect(throws: IdentityRefusal.forbidden) {
            try await identity.service.createUser(new, by: user)
        }
        await #expect(throws: IdentityRefusal.forbidden) {
            try await identity.service.listUsers(email: nil, limit: 1, offset: 0, by: user)
        }
    }

    @Test("users are listed by page or by address, of the caller's tenant only")
    func lists() async throws {
        let identity = try await TestIdentity()
        var made: [UserID] = [identity.admin.user]
        for number in 1...4 {
            identity.clock.advance(milliseconds: 1_000)
            made.append(try await identity.makeUser("u\(number)@example.com").id)
        }
        var elsewhere = identity.registration("u1@example.com")
        elsewhere.tenant = try await identity.makeTenant()
        _ = try await identity.service.registerUser(elsewhere)
        let page = try await identity.service.listUsers(
            email: nil, limit: 2, offset: 2, by: identity.admin)
        #expect(page.users.map(\.id) == Array(made[2...3]))
        #expect(page.total == 5)
        let one = try await identity.service.listUsers(
            email: "U1@example.com", limit: 50, offset: 0, by: identity.admin)
        #expect(one.users.map(\.id) == [made[1]] && one.total == 1)
        let none = try await identity.service.listUsers(
            email: "nobody@example.com", limit: 50, offset: 0, by: identity.admin)
        #expect(none.users.isEmpty && none.total == 0)
    }

    @Test("a user sees themselves, a Tenant Admin everybody of the tenant, others nobody")
    func visibility() async throws {
        let identity = try await TestIdentity()
        let user = try await identity.makeUser()
        let other = try await identity.makeUser("other@example.com")
        let service = identity.service
        #expect(try await service.user(user.id, by: user.authenticated) == user)
        #expect(try await service.user(user.id, by: identity.admin) == user)
        #expect(try await service.me(user.authenticated) == user)
        for id in [other.id, UserID(secondsSince1970: 1)] {
            await #expect(throws: IdentityRefusal.unknownUser) {
                try await service.user(id, by: user.authenticated)
            }
        }
    }

    @Test("peers find users by id and by address")
    func peers() async throws {
        let identity = try await TestIdentity()
        let user = try await identity.makeUser("Ada@example.com")
        let ids = [user.id, user.id, UserID(secondsSince1970: 1)]
        #expect(try await identity.service.getUsers(GetUsers(users: ids)).users == [user.summary])
        let tenant = identity.admin.tenant
        for (tenant, email, found) in [
            (tenant, "aDA@example.com", user.summary), (tenant, "x@example.com", nil),
            (TenantID(secondsSince1970: 1), "ada@example.com", nil),
        ] {
            let reply = try await identity.service.findUser(FindUser(tenant: tenant, email: email))
            #expect(reply.user == found)
        }
        let many = (0...1_000).map { UserID(secondsSince1970: $0) }
        await #expect(throws: IdentityRefusal.tooMany(max: 1_000)) {
            try await identity.service.getUsers(GetUsers(users: many))
        }
    }

    @Test(
        "peers asking again without a write have nothing read; after one they are told what is new")
    func peersAgain() async throws {
        let identity = try await TestIdentity()
        let user = try await identity.makeUser()
        let other = try await identity.makeUser("other@example.com")
        let request = GetUsers(users: [user.id, other.id])
        func names() async throws -> Set<String> {
            Set(try await identity.service.getUsers(request).users.map(\.firstName))
        }
        let before = try await names()
        #expect(before == [user.firstName, other.firstName])
        _ = try await identity.service.updateMe(
            UserChange(firstName: "Augusta", rule: PasswordRule()), by: user.authenticated,
            session: nil, from: nil)
        #expect(try await names() == ["Augusta", other.firstName])
        try await identity.database.close()
        #expect(try await names() == ["Augusta", other.firstName])
    }

    @Test("a new key kills the old one at once")
    func rotation() async throws {
        let identity = try await TestIdentity()
        let user = try await identity.makeUser().authenticated
        var last: String?
        for _ in 0..<3 {
            let key = try await identity.service.generateAPIKey(for: user).key.text
            if let last { #expect(try await identity.signIn(user.email, last) == .refused) }
            #expect(try await identity.signIn(user.email, key, .apiKey) == .accepted(user))
            last = key
        }
    }

    @Test("of keys made at the same time exactly one lives")
    func rotationAtOnce() async throws {
        let identity = try await TestIdentity()
        let user = try await identity.makeUser().authenticated
        let keys = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try await identity.service.generateAPIKey(for: user).key.text
                }
            }
            return try await group.reduce(into: [String]()) { $0.append($1) }
        }
        var living = 0
        for key in keys {
            if try await identity.signIn(user.email, key) == .accepted(user) { living += 1 }
        }
        #expect(living == 1)
    }

    @Test("a user who was deleted a moment ago gets no key")
    func deleted() async throws {
        let identity = try await TestIdentity()
        let user = try await identity.makeUser()
        _ = try await identity.service.releaseUsers(
            ReleaseUsers(operation: OperationID(secondsSince1970: 1), users: [user.id]))
        await #expect(throws: IdentityRefusal.unknownUser) {
            try await identity.service.generateAPIKey(for: user.authenticated)
        }
        await #expect(throws: IdentityRefusal.unknownUser) {
            try await identity.service.me(user.authenticated)
        }
    }

    @Test("the catalogue of a tenant is the standard one, and an unknown tenant has none")
    func roles() async throws {
        let identity = try await TestIdentity()
        let reply = try await identity.service.listRoles(ListRoles(tenant: identity.admin.tenant))
        #expect(reply.roles == RoleCatalogue.standard)
        await #expect(throws: IdentityRefusal.unknownTenant) {
            try await identity.service.listRoles(ListRoles(tenant: TenantID(secondsSince1970: 1)))
        }
    }
}
