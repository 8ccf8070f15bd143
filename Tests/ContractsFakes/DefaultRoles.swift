package import ContractsDomain
package import IdentityAPI

/// The default catalogue of a tenant, as far as these tests look at it.
package enum DefaultRoles {
    /// The catalogue.
    package static let catalogue = RoleCatalogue(
        Self.table.map { scope, name, permissions in
            .init(RoleReference(scope, name), permissions: permissions)
        })

    /// The catalogue as identity tells it.
    package static let roles: [Role] = Self.table.map { scope, name, permissions in
        Role(
            scope: scope.rawValue, name: name, permissions: permissions,
            titles: ["en": name])
    }

    private static let table: [(RoleScope, String, [String])] = [
        (
            .contracts, "owner",
            [
                "contracts.contract.edit", "contracts.membership.edit",
                "contracts.workspace.create", "contracts.workspace.listAll",
                "contracts.workspace.delete",
            ]
        ),
        (
            .contracts, "admin",
            [
                "contracts.workspace.create", "contracts.workspace.listAll",
                "contracts.workspace.delete", "contracts.repository.edit",
                "contracts.devTeam.edit",
            ]
        ),
        (.contracts, "member", ["contracts.workspace.create"]),
        (.workspaces, "owner", ["workspaces.workspace.edit", "workspaces.flow.edit"]),
        (.workspaces, "admin", ["workspaces.workspace.edit", "workspaces.flow.edit"]),
        (.workspaces, "integrator", ["workspaces.flow.edit"]),
        (.workspaces, "guest", ["workspaces.logs.read_all"]),
    ]
}
