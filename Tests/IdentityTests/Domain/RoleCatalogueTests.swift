import IdentityAPI
import IdentityDomain
import Testing

@Suite("The role catalogue a tenant starts with")
struct RoleCatalogueTests {
    static func permissions(_ scope: String, _ name: String) -> Set<String> {
        let role = RoleCatalogue.standard.first { $0.scope == scope && $0.name == name }
        return Set(role?.permissions ?? [])
    }

    @Test("there are 37 permissions to make roles of, each once, as scope.object.action")
    func permissions() {
        #expect(Permissions.assignable.count == 37)
        #expect(Set(Permissions.assignable).count == 37)
        for permission in Permissions.assignable {
            let parts = permission.split(separator: ".", omittingEmptySubsequences: false)
            #expect(parts.count == 3 && ["global", "contracts", "workspaces"].contains(parts[0]))
        }
    }

    @Test("the roles are these, by scope and name")
    func roles() {
        #expect(
            RoleCatalogue.standard.map { "\($0.scope).\($0.name)" } == [
                "contracts.admin", "contracts.member", "contracts.owner", "workspaces.admin",
                "workspaces.guest", "workspaces.integrator", "workspaces.owner",
            ])
    }

    @Test("a role is made of known permissions, each once, and has an English title")
    func wellFormed() {
        let known = Set(Permissions.assignable)
        for role in RoleCatalogue.standard {
            #expect(Set(role.permissions).isSubset(of: known), "\(role.name)")
            #expect(Set(role.permissions).count == role.permissions.count)
            #expect(role.permissions == role.permissions.sorted())
            #expect(role.titles["en"]?.lowercased() == role.name)
        }
    }

    @Test(
        "permissions are where the documents put them",
        arguments: [
            ("contracts", "owner", "contracts.membership.edit", true),
            ("contracts", "owner", "contracts.repository.edit", false),
            ("contracts", "owner", "contracts.devTeam.edit", false),
            ("contracts", "admin", "contracts.repository.edit", true),
            ("contracts", "admin", "contracts.devTeam.edit", true),
            ("contracts", "admin", "contracts.membership.edit", false),
            ("contracts", "admin", "contracts.contract.edit", false),
            ("contracts", "member", "contracts.workspace.create", true),
            ("contracts", "member", "contracts.workspace.delete", false),
            ("workspaces", "owner", "workspaces.workspace.edit", true),
            ("workspaces", "owner", "workspaces.flow.exportToRecipe", false),
            ("workspaces", "owner", "workspaces.recipe.edit", false),
            ("workspaces", "admin", "workspaces.flow.exportToRecipe", true),
            ("workspaces", "admin", "workspaces.recipe.edit", true),
            ("workspaces", "integrator", "workspaces.flow.toggleStatus", true),
            ("workspaces", "integrator", "workspaces.flow.exportToRecipe", true),
            ("workspaces", "integrator", "workspaces.workspace.edit", false),
            ("workspaces", "guest", "workspaces.flow.edit", false),
            ("workspaces", "guest", "workspaces.logs.read_all", true),
        ])
    func placed(scope: String, name: String, permission: String, isHeld: Bool) {
        #expect(Self.permissions(scope, name).contains(permission) == isHeld)
    }

    @Test(
        "sizes of roles",
        arguments: [
            ("contracts", "owner", 11), ("contracts", "admin", 9), ("contracts", "member", 1),
            ("workspaces", "owner", 26), ("workspaces", "admin", 28),
            ("workspaces", "integrator", 26), ("workspaces", "guest", 5),
        ])
    func sizes(scope: String, name: String, count: Int) {
        #expect(Self.permissions(scope, name).count == count)
    }
}
