import ContractsAPI
import ContractsFakes
import Identifiers
import IdentityAPI
import IdentityDomain
import RPC
import Testing

@testable import IdentityServer

@Suite("Deleting users")
struct DeleteUserTests {
    static func delete(
        _ user: UserID, _ identity: TestIdentity, by caller: AuthenticatedUser? = nil
    ) async throws {
        try await identity.service.deleteUser(
            user, by: caller ?? identity.admin, requestID: "request-1")
    }

    @Test("a user goes with key, password, session and SSH key, all dead at once")
    func deletes() async throws {
        let identity = try await TestIdentity()
        let user = try await identity.makeUser()
        let key = try await identity.service.generateAPIKey(for: user.authenticated).key.text
        let token = try await identity.service.createSession(
            for: user.authenticated, address: nil, agent: nil
        ).token
        _ = try await identity.service.addSSHKey(
            NewSSHKey(line: SSHKeySamples.ed25519, title: nil), of: user.authenticated)
        try await Self.delete(user.id, identity)
        #expect(try await identity.signIn(user.email, key) == .refused)
        #expect(try await identity.signIn(user.email, TestIdentity.password) == .refused)
        #expect(try await identity.service.authenticate(token) == .refused)
        for table in ["password", "session", "ssh_key"] {
            #expect(try await identity.count(table) == 0)
        }
        #expect(try await identity.count("user_account") == 1)
        await #expect(throws: IdentityRefusal.unknownUser) {
            try await Self.delete(user.id, identity)
        }
    }

    @Test("who the user is and who deletes is what the contracts service is told")
    func asks() async throws {
        let identity = try await TestIdentity()
        let user = try await identity.makeUser()
        let admin = identity.admin
        identity.contracts.on(RemoveUser.self) { request in
            #expect(request.user == user.id && request.tenant == admin.tenant)
            #expect(request.actor == admin.user && request.requestID == "request-1")
            return .removed
        }
        try await Self.delete(user.id, identity)
        #expect(identity.contracts.calls == ["RemoveUser"])
    }

    @Test("while a membership cannot be taken away nothing changes, and it is named")
    func stays() async throws {
        let identity = try await TestIdentity()
        let user = try await identity.makeUser()
        let contract = ContractID(secondsSince1970: 4)
        identity.contracts.on(RemoveUser.self) { _ in
            .refused([.init(contract: contract, reason: .lastOwner)], total: 1)
        }
        await #expect(
            throws: IdentityRefusal.membershipsStay(
                [.init(contract: contract, reason: .lastOwner)], total: 1)
        ) { try await Self.delete(user.id, identity) }
        #expect(
            try await identity.signIn(user.email, TestIdentity.password)
                == .accepted(user.authenticated))
    }

    @Test("while the contracts service is away nothing changes")
    func away() async throws {
        let identity = try await TestIdentity()
        let user = try await identity.makeUser()
        identity.contracts.isAway = true
        await #expect(throws: RPCError.self) { try await Self.delete(user.id, identity) }
        #expect(try await identity.service.me(user.authenticated) == user)
    }

    @Test("Tenant Admins are not deleted, and nobody else deletes; strangers do not exist")
    func refused() async throws {
        let identity = try await TestIdentity()
        let user = try await identity.makeUser()
        let other = try await identity.makeUser("other@example.com")
        await #expect(throws: IdentityRefusal.protectedUsers([identity.admin.user])) {
            try await Self.delete(identity.admin.user, identity)
        }
        await #expect(throws: IdentityRefusal.forbidden) {
            try await Self.delete(user.id, identity, by: user.authenticated)
        }
        await #expect(throws: IdentityRefusal.unknownUser) {
            try await Self.delete(other.id, identity, by: user.authenticated)
        }
        var foreign = identity.admin
        foreign.tenant = try await identity.makeTenant()
        await #expect(throws: IdentityRefusal.unknownUser) {
            try await Self.delete(user.id, identity, by: foreign)
        }
        #expect(identity.contracts.calls.isEmpty)
    }
}

@Suite("Service accounts")
struct ServiceAccountTests {
    static func make(
        _ identity: TestIdentity, _ email: String = "bot@example.com"
    ) async throws -> (account: User, key: APIKey) {
        try await identity.service.createServiceAccount(
            NewServiceAccount(email: email, name: "Bot"), by: identity.admin)
    }

    @Test("an account signs in by its key and by nothing else, and begins no session")
    func signsIn() async throws {
        let identity = try await TestIdentity()
        let (account, key) = try await Self.make(identity)
        #expect(
            try await identity.signIn(account.email, key.text) == .accepted(account.authenticated))
        #expect(try await identity.signIn(account.email, TestIdentity.password) == .refused)
        #expect(try await identity.count("password") == 0)
        await #expect(throws: IdentityRefusal.forbidden) {
            _ = try await identity.service.createSession(
                for: account.authenticated, address: nil, agent: nil)
        }
    }

    @Test("accounts are listed apart from people, and peers are told what they are")
    func listed() async throws {
        let identity = try await TestIdentity()
        let (account, _) = try await Self.make(identity)
        let service = identity.service
        let people = try await service.listUsers(
            email: nil, limit: 9, offset: 0, by: identity.admin)
        #expect(people.users.map(\.id) == [identity.admin.user] && people.total == 1)
        let found = try await service.listUsers(
            email: account.email, limit: 9, offset: 0, by: identity.admin)
        #expect(found.total == 0)
        let accounts = try await service.listServiceAccounts(
            limit: 9, offset: 0, by: identity.admin)
        #expect(accounts.users == [account] && accounts.total == 1)
        let summary = try await service.getUsers(GetUsers(users: [account.id])).users.first
        #expect(summary?.isServiceAccount == true && summary?.isProtected == true)
    }

    @Test("an account is deleted as such, and a person is none")
    func deletes() async throws {
        let identity = try await TestIdentity()
        let (account, key) = try await Self.make(identity)
        let user = try await identity.makeUser()
        let service = identity.service
        await #expect(throws: IdentityRefusal.unknownUser) {
            try await service.deleteServiceAccount(
                user.id, by: identity.admin, requestID: "request-1")
        }
        await #expect(throws: IdentityRefusal.unknownUser) {
            try await service.deleteUser(
                account.id, by: identity.admin, requestID: "request-1")
        }
        try await service.deleteServiceAccount(
            account.id, by: identity.admin, requestID: "request-1")
        #expect(try await identity.signIn(account.email, key.text) == .refused)
    }

    @Test("only a Tenant Admin makes and lists them; an address is taken whoever has it")
    func refused() async throws {
        let identity = try await TestIdentity()
        let user = try await identity.makeUser().authenticated
        let new = try NewServiceAccount(email: "bot@example.com", name: "Bot")
        await #expect(throws: IdentityRefusal.forbidden) {
            _ = try await identity.service.createServiceAccount(new, by: user)
        }
        await #expect(throws: IdentityRefusal.forbidden) {
            _ = try await identity.service.listServiceAccounts(limit: 1, offset: 0, by: user)
        }
        await #expect(throws: IdentityRefusal.emailTaken) {
            _ = try await Self.make(identity, "ADA@example.com")
        }
        #expect(throws: IdentityRefusal.self) {
            _ = try NewServiceAccount(email: "x", name: " ")
        }
    }
}
