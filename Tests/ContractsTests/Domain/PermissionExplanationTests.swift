import ContractsDomain
import ContractsFakes
import Identifiers
import Testing

@Suite("Why somebody may do something")
struct PermissionExplanationTests {
    static let tenant = TenantID(secondsSince1970: 1)

    @Test("every permission is told with the roles of both scopes that give it")
    func grants() {
        let explanation = PermissionExplanation(
            .init(
                tenant: Self.tenant, contractRoles: ["owner", "admin"], workspaceRoles: ["guest"]),
            isTenantAdmin: false, by: DefaultRoles.catalogue)
        let byPermission = Dictionary(
            uniqueKeysWithValues: explanation.grants.map { ($0.permission, $0.roles) })
        #expect(
            byPermission["contracts.workspace.create"]
                == [.init(.contracts, "owner"), .init(.contracts, "admin")])
        #expect(byPermission["contracts.membership.edit"] == [.init(.contracts, "owner")])
        #expect(byPermission["workspaces.logs.read_all"] == [.init(.workspaces, "guest")])
        #expect(byPermission["workspaces.flow.edit"] == nil)
        #expect(explanation.grants.map(\.permission) == byPermission.keys.sorted())
    }

    @Test("a role of the oldest documents counts as what it means, an unknown one as nothing")
    func oldAndUnknown() {
        let explanation = PermissionExplanation(
            .init(tenant: Self.tenant, contractRoles: ["integrator", "king"]),
            isTenantAdmin: false, by: DefaultRoles.catalogue)
        #expect(explanation.held.map(\.isKnown) == [true, false])
        #expect(explanation.grants.map(\.permission) == ["contracts.workspace.create"])
        #expect(explanation.grants.map(\.roles) == [[.init(.contracts, "integrator")]])
    }

    @Test("what is explained is what is decided", arguments: DefaultRoles.catalogue.entries)
    func agreesWithPolicy(entry: RoleCatalogue.Entry) {
        guard entry.role.scope == .contracts else { return }
        let standing = AccessPolicy.Standing(
            tenant: Self.tenant, contractRoles: [entry.role.name])
        let explanation = PermissionExplanation(
            standing, isTenantAdmin: false, by: DefaultRoles.catalogue)
        let actor = AccessPolicy.Actor(
            user: UserID(secondsSince1970: 5), tenant: Self.tenant, isTenantAdmin: false)
        for grant in explanation.grants {
            let decision = AccessPolicy(DefaultRoles.catalogue).decide(
                actor, standing, permission: grant.permission)
            #expect(decision == .allowed(by: entry.role.name), "\(grant.permission)")
        }
    }
}
