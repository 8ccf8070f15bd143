import ContractsAPI
import ContractsFakes
import Identifiers
import IdentityAPI
import IdentityDomain
import RPC
import Storage
import Synchronization
import Testing

@testable import IdentityServer

@Suite("Making and deleting tenants")
struct TenantsTests {
    static let email = "root@example.org"

    static func new(_ name: String = "Second") throws -> NewTenant {
        try NewTenant(name: name) { () throws(IdentityRefusal) in
            try NewUser(
                email: Self.email, firstName: "Grace", lastName: "Hopper",
                password: TestIdentity.password, rule: PasswordRule())
        }
    }

    /// A tenant made by the platform's operator, with its admin.
    static func make(
        _ identity: TestIdentity
    ) async throws -> (tenant: Tenant, admin: AuthenticatedUser) {
        let (tenant, admin) = try await identity.service.createTenant(
            Self.new(), by: identity.admin)
        return (tenant, admin.authenticated)
    }

    @Test("a tenant starts with the standard roles and an admin who obtains a key by password")
    func makes() async throws {
        let identity = try await TestIdentity()
        let (tenant, admin) = try await Self.make(identity)
        #expect(admin.isTenantAdmin && admin.tenant == tenant.id && !tenant.isOperating)
        #expect(
            try await identity.service.listRoles(ListRoles(tenant: tenant.id)).roles
                == RoleCatalogue.standard)
        #expect(try await identity.signIn(Self.email, TestIdentity.password) == .accepted(admin))
        let all = try await identity.service.listTenants(limit: 50, offset: 0, by: identity.admin)
        #expect(all.total == 2 && all.tenants.contains(tenant))
        let own = try await identity.service.listTenants(limit: 50, offset: 0, by: admin)
        #expect(own == TenantList(tenants: [tenant], total: 1))
        #expect(try await identity.service.tenant(tenant.id, by: identity.admin) == tenant)
    }

    @Test("only the administrators of the first tenant make and delete tenants")
    func refused() async throws {
        let identity = try await TestIdentity()
        let (tenant, admin) = try await Self.make(identity)
        let user = try await identity.makeUser().authenticated
        for caller in [admin, user] {
            await #expect(throws: IdentityRefusal.forbidden) {
                _ = try await identity.service.createTenant(Self.new(), by: caller)
            }
        }
        await #expect(throws: IdentityRefusal.forbidden) {
            try await identity.service.deleteTenant(tenant.id, by: admin, requestID: "r")
        }
        for stranger in [admin, user] {
            let foreign = stranger == admin ? identity.admin.tenant : tenant.id
            await #expect(throws: IdentityRefusal.unknownTenant) {
                try await identity.service.deleteTenant(foreign, by: stranger, requestID: "r")
            }
        }
        await #expect(throws: IdentityRefusal.operatingTenant) {
            try await identity.service.deleteTenant(
                identity.admin.tenant, by: identity.admin, requestID: "r")
        }
        await #expect(throws: IdentityRefusal.unknownTenant) {
            try await identity.service.deleteTenant(
                TenantID(secondsSince1970: 9), by: identity.admin, requestID: "r")
        }
        #expect(identity.contracts.calls.isEmpty)
    }

    @Test("a tenant with a contract stays as it is")
    func withContracts() async throws {
        let identity = try await TestIdentity()
        let (tenant, admin) = try await Self.make(identity)
        identity.contracts.on(ReleaseTenant.self) { _ in .refused(contracts: 3) }
        await #expect(throws: IdentityRefusal.tenantHasContracts(3)) {
            try await identity.service.deleteTenant(tenant.id, by: identity.admin, requestID: "r")
        }
        #expect(try await identity.signIn(Self.email, TestIdentity.password) == .accepted(admin))
        #expect(try await identity.count("outbox") == 0)
    }

    @Test("a deleted tenant is gone at once and erased however often that is interrupted")
    func deletes() async throws {
        let identity = try await TestIdentity()
        let (tenant, admin) = try await Self.make(identity)
        let key = try await identity.service.generateAPIKey(for: admin).key.text
        let token = try await identity.service.createSession(
            for: admin, address: nil, agent: nil
        ).token
        try await identity.service.deleteTenant(
            tenant.id, by: identity.admin, requestID: "request-1")
        for secret in [key, TestIdentity.password] {
            #expect(try await identity.signIn(Self.email, secret) == .refused)
        }
        #expect(try await identity.service.authenticate(token) == .refused)
        await #expect(throws: IdentityRefusal.unknownTenant) {
            _ = try await identity.service.tenant(tenant.id, by: identity.admin)
        }
        await #expect(throws: IdentityRefusal.unknownTenant) {
            try await identity.service.deleteTenant(tenant.id, by: identity.admin, requestID: "r")
        }
        identity.contracts.isAway = true
        await #expect(throws: RPCError.self) {
            try await identity.service.erase(
                TenantErasure(tenant: tenant.id, actor: identity.admin.user, requestID: "x"))
        }
        identity.contracts.isAway = false
        let removed = Mutex<[RemoveUser]>([])
        identity.contracts.on(RemoveUser.self) { request in
            removed.withLock { $0.append(request) }
            return .removed
        }
        try await identity.relay(identity.restarted())
        let orders = removed.withLock { $0 }
        #expect(orders.map(\.user) == [admin.user] && orders.map(\.tenant) == [tenant.id])
        #expect(
            orders.map(\.actor) == [identity.admin.user] && orders.map(\.requestID) == ["request-1"]
        )
        #expect(try await identity.count("tenant") == 1)
        #expect(try await identity.count("user_account") == 1)
    }

    @Test("the contracts service may release an admin of a tenant that is being deleted, no other")
    func releases() async throws {
        let identity = try await TestIdentity()
        let (tenant, admin) = try await Self.make(identity)
        let release = ReleaseUsers(
            operation: OperationID(secondsSince1970: 5), users: [admin.user])
        await #expect(throws: IdentityRefusal.protectedUsers([admin.user])) {
            _ = try await identity.service.releaseUsers(release)
        }
        try await identity.service.deleteTenant(tenant.id, by: identity.admin, requestID: "r")
        _ = try await identity.service.releaseUsers(release)
        #expect(try await identity.count("user_account") == 1)
    }

    @Test("a database from before knows its first tenant as the one that operates the platform")
    func migrates() async throws {
        let identity = try await TestIdentity()
        _ = try await Self.make(identity)
        let operating = try await identity.database.read { try TenantStore.operating(in: $0) }
        #expect(operating == identity.admin.tenant)
    }

    @Test("every fault of a new tenant is told at once")
    func faults() throws {
        #expect {
            _ = try NewTenant(name: " ") { () throws(IdentityRefusal) in
                try NewUser(
                    email: "nobody", firstName: "", lastName: "L", password: "x1!xxxxx",
                    rule: PasswordRule())
            }
        } throws: { error in
            guard case .invalid(let faults) = error as? IdentityRefusal else { return false }
            return faults.map(\.pointer) == [
                "/data/attributes/name", "/data/attributes/admin/email",
                "/data/attributes/admin/first_name",
            ]
        }
    }
}
