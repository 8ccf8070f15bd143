import ContractsDomain

/// The default catalogue of a tenant, as far as these tests look at it.
enum DefaultRoles {
    static let catalogue = RoleCatalogue(
        Self.table.map { scope, name, permissions in
            .init(RoleReference(scope, name), permissions: permissions)
        })

    static let table: [(RoleScope, String, [String])] = [
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
            ]
        ),
        (.contracts, "member", ["contracts.workspace.create"]),
        (.workspaces, "owner", ["workspaces.workspace.edit", "workspaces.flow.edit"]),
        (.workspaces, "admin", ["workspaces.workspace.edit", "workspaces.flow.edit"]),
        (.workspaces, "integrator", ["workspaces.flow.edit"]),
        (.workspaces, "guest", ["workspaces.logs.read_all"]),
    ]
}
