package import Identifiers

/// Who may do what: the one place where it is decided.
///
/// Permissions come from roles held in two scopes, a contract and a workspace; being a member is
/// the permission to read. A Tenant Admin is looked at before memberships. Whoever has no part in
/// a contract is told that there is no such contract.
package struct AccessPolicy: Sendable {
    /// Who acts.
    package struct Actor: Hashable, Sendable {
        /// The user.
        package var user: UserID
        /// The tenant the user belongs to.
        package var tenant: TenantID
        /// Whether the user administers that tenant.
        package var isTenantAdmin: Bool

        /// Makes an actor.
        package init(user: UserID, tenant: TenantID, isTenantAdmin: Bool) {
            self.user = user
            self.tenant = tenant
            self.isTenantAdmin = isTenantAdmin
        }
    }

    /// What an actor is to a contract, and to a workspace of it when one is acted on.
    package struct Standing: Hashable, Sendable {
        /// The tenant the contract belongs to.
        package var tenant: TenantID
        /// The roles held in the contract; `nil` for a stranger.
        package var contractRoles: [String]?
        /// The roles held in the workspace; `nil` for a stranger to it, or without a workspace.
        package var workspaceRoles: [String]?
        /// Whether a workspace is acted on.
        package var isInWorkspace: Bool

        /// Makes the standing in a contract.
        package init(tenant: TenantID, contractRoles: [String]?) {
            self.tenant = tenant
            self.contractRoles = contractRoles
            self.workspaceRoles = nil
            self.isInWorkspace = false
        }

        /// Makes the standing in a workspace.
        package init(tenant: TenantID, contractRoles: [String]?, workspaceRoles: [String]?) {
            self.tenant = tenant
            self.contractRoles = contractRoles
            self.workspaceRoles = workspaceRoles
            self.isInWorkspace = true
        }
    }

    /// What comes of it.
    package enum Decision: Hashable, Sendable {
        /// It is permitted by this role, or as Tenant Admin.
        case allowed(by: String)
        /// The actor is known there, but nothing permits it.
        case denied(String)
        /// To this actor there is no such thing.
        case notFound
    }

    /// What a Tenant Admin's permission is called.
    package static let tenantAdmin = "tenant-admin"
    /// What lets a member of a contract see workspaces of others.
    package static let listAllWorkspaces = "contracts.workspace.listAll"
    /// What lets a member change which roles may be given in a contract.
    package static let editAvailableRoles = "contracts.contract.edit_available_roles"
    /// What lets a member of a contract invite, change and remove others.
    package static let editMembers = "contracts.membership.edit"
    /// What lets a member of a contract make and change developer teams.
    package static let editTeams = "contracts.devTeam.edit"
    /// What lets a member of a workspace change it and bring others into it.
    package static let editWorkspace = "workspaces.workspace.edit"
    /// What lets somebody change which kind a workspace is.
    package static let editWorkspaceType = "workspaces.workspace.edit_type"

    private let catalogue: RoleCatalogue

    /// Makes the policy for a tenant's catalogue.
    package init(_ catalogue: RoleCatalogue) { self.catalogue = catalogue }

    /// Decides on an act that needs a permission, or only membership when it is `nil`.
    package func decide(
        _ actor: Actor, _ standing: Standing, permission: String?
    ) -> Decision {
        guard actor.tenant == standing.tenant else { return .notFound }
        if actor.isTenantAdmin { return .allowed(by: Self.tenantAdmin) }
        return self.decide(asMember: standing, permission: permission)
    }

    /// Decides on a call of the public API.
    package func decide(_ call: PublicCall, _ actor: Actor, _ standing: Standing) -> Decision {
        let rule = call.rule
        guard actor.tenant == standing.tenant else { return .notFound }
        if actor.isTenantAdmin, rule.tenantAdmin { return .allowed(by: Self.tenantAdmin) }
        let asMember: Decision
        switch rule.member {
        case .nobody:
            let reading = self.decide(asMember: standing, permission: nil)
            asMember = reading == .notFound ? .notFound : .denied(Self.onlyTenantAdmin)
        case .membership, .anybody:
            asMember = self.decide(asMember: standing, permission: nil)
        case .permission(let permission):
            asMember = self.decide(asMember: standing, permission: permission)
        case .either(let one, let other):
            let first = self.decide(asMember: standing, permission: one)
            if case .denied = first {
                asMember = self.decide(asMember: standing, permission: other)
            } else {
                asMember = first
            }
        }
        if asMember == .notFound, actor.isTenantAdmin {
            return .denied("Only members of the contract may do this.")
        }
        return asMember
    }

    private func decide(asMember standing: Standing, permission: String?) -> Decision {
        guard let contractRoles = standing.contractRoles else { return .notFound }
        guard standing.isInWorkspace else {
            guard let permission else { return .allowed(by: contractRoles.first ?? "member") }
            return self.role(in: contractRoles, .contracts, permission)
                .map { .allowed(by: $0) } ?? Self.denied(permission)
        }
        let seesAll = self.role(in: contractRoles, .contracts, Self.listAllWorkspaces)
        guard let permission else {
            if let role = standing.workspaceRoles?.first { return .allowed(by: role) }
            return seesAll.map { .allowed(by: $0) } ?? .notFound
        }
        if let role = self.role(in: standing.workspaceRoles ?? [], .workspaces, permission)
            ?? self.role(in: contractRoles, .contracts, permission)
        {
            return .allowed(by: role)
        }
        let isStranger = standing.workspaceRoles == nil && seesAll == nil
        return isStranger ? .notFound : Self.denied(permission)
    }

    private func role(in names: [String], _ scope: RoleScope, _ permission: String) -> String? {
        self.catalogue.firstRole(of: names, in: scope, permitting: permission)
    }

    private static let onlyTenantAdmin = "Only a Tenant Admin may do this."

    private static func denied(_ permission: String) -> Decision {
        .denied("You need the permission \(permission) to access this resource.")
    }
}
