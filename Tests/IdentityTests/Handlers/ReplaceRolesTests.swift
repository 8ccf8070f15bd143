import ContractsAPI
import ContractsFakes
import Identifiers
import IdentityAPI
import IdentityDomain
import RPC
import Storage
import Synchronization
import TestKit
import Testing

@testable import IdentityServer

@Suite("Replacing roles")
struct ReplaceRolesTests {
    /// The roles a catalogue is replaced by: one of its own, and the owners it keeps.
    static let auditor = AskedRole(
        "/data/attributes/roles/0",
        Role(
            scope: "contracts", name: "auditor", permissions: ["contracts.workspace.listAll"],
            titles: ["en": "Auditor", "de": "Prüferin"]))

    static func replace(
        _ identity: TestIdentity, by caller: AuthenticatedUser? = nil,
        check: (StoredRoles) throws -> Void = { _ in }
    ) async throws -> ReplacedRoles {
        try await identity.service.replaceRoles(
            of: identity.admin.tenant, with: [Self.auditor], by: caller ?? identity.admin,
            requestID: "request-1", check: check)
    }

    @Test("the new catalogue is the whole catalogue, and its revision another")
    func replaces() async throws {
        let identity = try await TestIdentity()
        let tenant = identity.admin.tenant
        let before = try await identity.service.storedRoles(of: tenant, by: identity.admin)
        let replaced = try await Self.replace(identity)
        let after = replaced.roles
        #expect(replaced.isRetired)
        #expect(after.roles.map(\.name) == ["auditor", "owner", "owner"])
        #expect(after.entityTag != before.entityTag)
        #expect(
            try await identity.service.storedRoles(of: tenant, by: identity.admin) == after)
        #expect(
            try await identity.service.listRoles(ListRoles(tenant: tenant)).roles == after.roles)
    }

    @Test("who is affected is asked before, and invites are revoked after")
    func asks() async throws {
        let identity = try await TestIdentity()
        identity.contracts.on(RetireRoles.self) { request in
            let stored = try await identity.service.storedRoles(
                of: request.tenant, by: identity.admin)
            #expect(stored.roles.contains { $0.name == "auditor" } == request.isDone)
            #expect(request.roles.count == 5)
            return .init(
                uses: request.roles.map {
                    .init(role: $0, members: 0, contracts: 0, invites: request.isDone ? 2 : 0)
                })
        }
        let uses = try await Self.replace(identity).uses
        #expect(uses.reduce(0) { $0 + $1.invites } == 10)
        #expect(identity.contracts.calls == ["RetireRoles", "RetireRoles"])
    }

    @Test("with the contracts service away the invites are revoked after a restart, counted now")
    func away() async throws {
        let identity = try await TestIdentity()
        identity.contracts.on(RetireRoles.self) { request in
            if request.isDone { throw RPCError(.unavailable, "gone in between") }
            return .init(
                uses: request.roles.map { .init(role: $0, members: 0, contracts: 0, invites: 2) })
        }
        let replaced = try await Self.replace(identity)
        #expect(!replaced.isRetired)
        #expect(replaced.uses.reduce(0) { $0 + $1.invites } == 10)
        let orders = Mutex<[RetireRoles]>([])
        identity.contracts.on(RetireRoles.self) { request in
            orders.withLock { $0.append(request) }
            return .init(uses: [])
        }
        identity.clock.advance(milliseconds: 10_000)
        try await identity.relay(identity.restarted())
        let order = try #require(orders.withLock { $0 }.first)
        #expect(order.isDone && order.roles.count == 5 && order.tenant == identity.admin.tenant)
        #expect(order.actor == identity.admin.user && order.requestID == "request-1")
    }

    @Test("a replacement that does not happen orders nothing")
    func ordersNothing() async throws {
        let identity = try await TestIdentity()
        identity.contracts.on(RetireRoles.self) { request in
            try await identity.database.write { transaction in
                _ = try TenantStore.advanceRoles(of: request.tenant, from: 1, in: transaction)
            }
            return .init(uses: [])
        }
        await #expect(throws: IdentityRefusal.overtaken) {
            _ = try await Self.replace(identity)
        }
        #expect(try await identity.count("outbox") == 0)
    }

    @Test("a role that a member holds or a contract lists is not removed, and nothing changes")
    func inUse() async throws {
        let identity = try await TestIdentity()
        identity.contracts.on(RetireRoles.self) { request in
            .init(
                uses: request.roles.map {
                    .init(
                        role: $0, members: $0.name == "guest" ? 3 : 0,
                        contracts: $0.name == "member" ? 1 : 0, invites: 7)
                })
        }
        await #expect(
            throws: IdentityRefusal.rolesInUse([
                RoleUse(scope: "contracts", name: "member", members: 0, contracts: 1),
                RoleUse(scope: "workspaces", name: "guest", members: 3, contracts: 0),
            ])
        ) { _ = try await Self.replace(identity) }
        let tenant = identity.admin.tenant
        #expect(
            try await identity.service.listRoles(ListRoles(tenant: tenant)).roles
                == RoleCatalogue.standard)
        #expect(identity.contracts.calls == ["RetireRoles"])
    }

    @Test("a replacement that another one overtook is refused, and so is one of something else")
    func overtaken() async throws {
        let identity = try await TestIdentity()
        identity.contracts.on(RetireRoles.self) { request in
            try await identity.database.write { transaction in
                _ = try TenantStore.advanceRoles(of: request.tenant, from: 1, in: transaction)
            }
            return .init(uses: [])
        }
        await #expect(throws: IdentityRefusal.overtaken) {
            _ = try await Self.replace(identity)
        }
        struct Stale: Error {}
        await #expect(throws: Stale.self) {
            _ = try await Self.replace(identity) { _ in throw Stale() }
        }
    }

    @Test("users and other tenants' admins replace nothing")
    func refused() async throws {
        let identity = try await TestIdentity()
        let user = try await identity.makeUser().authenticated
        await #expect(throws: IdentityRefusal.forbidden) {
            _ = try await Self.replace(identity, by: user)
        }
        var foreign = identity.admin
        foreign.tenant = try await identity.makeTenant()
        await #expect(throws: IdentityRefusal.unknownTenant) {
            _ = try await Self.replace(identity, by: foreign)
        }
    }

    @Test("a tenant is seen and renamed by its admins alone")
    func tenants() async throws {
        let identity = try await TestIdentity()
        let service = identity.service
        let user = try await identity.makeUser().authenticated
        let id = identity.admin.tenant
        let renamed = try await service.renameTenant(id, to: "Other Name", by: identity.admin)
        #expect(renamed.name == "Other Name")
        #expect(try await service.tenant(id, by: identity.admin) == renamed)
        let list = try await service.listTenants(limit: 50, offset: 0, by: identity.admin)
        #expect(list == TenantList(tenants: [renamed], total: 1))
        await #expect(throws: IdentityRefusal.forbidden) {
            _ = try await service.tenant(id, by: user)
        }
        let other = try await identity.makeTenant()
        await #expect(throws: IdentityRefusal.unknownTenant) {
            _ = try await service.renameTenant(other, to: "Mine", by: identity.admin)
        }
        await #expect(throws: IdentityRefusal.self) {
            _ = try await service.renameTenant(id, to: " ", by: identity.admin)
        }
    }
}
