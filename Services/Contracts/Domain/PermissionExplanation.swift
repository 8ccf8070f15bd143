/// What somebody may do in a contract, or in one of its workspaces, and by which roles.
package struct PermissionExplanation: Hashable, Sendable {
    /// A role somebody holds.
    package struct HeldRole: Hashable, Sendable {
        /// The role as it is held.
        package var role: RoleReference
        /// Whether the tenant's catalogue knows it; a role that it does not know permits nothing.
        package var isKnown: Bool
    }

    /// A permission with the roles that give it.
    package struct Grant: Hashable, Sendable {
        /// The permission.
        package var permission: String
        /// The roles, those held in the contract first.
        package var roles: [RoleReference]
    }

    /// Whether the user is a Tenant Admin, to whom everything is permitted.
    package let isTenantAdmin: Bool
    /// The roles held.
    package let held: [HeldRole]
    /// What they permit, by name.
    package let grants: [Grant]

    /// Explains a standing by a catalogue.
    package init(
        _ standing: AccessPolicy.Standing, isTenantAdmin: Bool, by catalogue: RoleCatalogue
    ) {
        let roles =
            (standing.contractRoles ?? []).map { RoleReference(.contracts, $0) }
            + (standing.workspaceRoles ?? []).map { RoleReference(.workspaces, $0) }
        self.isTenantAdmin = isTenantAdmin
        self.held = roles.map {
            HeldRole(role: $0, isKnown: catalogue.role(meantBy: $0) != nil)
        }
        let permissions = Set(roles.flatMap { catalogue.permissions(of: $0) })
        self.grants = permissions.sorted().map { permission in
            Grant(
                permission: permission,
                roles: roles.filter { catalogue.permits($0, permission) })
        }
    }
}
