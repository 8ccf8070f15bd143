/// Where a role is held.
package enum RoleScope: String, CaseIterable, Hashable, Sendable, Codable {
    /// In a contract.
    case contracts
    /// In a workspace.
    case workspaces
}

/// A role by its place and name.
package struct RoleReference: Hashable, Sendable, Codable {
    /// Where it is held.
    package var scope: RoleScope
    /// What it is called there.
    package var name: String

    /// Makes a reference.
    package init(_ scope: RoleScope, _ name: String) {
        self.scope = scope
        self.name = name
    }

    /// The role that no set of available roles ever lacks, by scope.
    package static func owner(of scope: RoleScope) -> RoleReference {
        RoleReference(scope, RoleCatalogue.owner)
    }
}

/// The roles of a tenant and what each permits.
package struct RoleCatalogue: Hashable, Sendable {
    /// The name of the role that answers for a contract or a workspace.
    package static let owner = "owner"

    /// A role and what it permits.
    package struct Entry: Hashable, Sendable {
        /// The role.
        package var role: RoleReference
        /// The permissions, as `scope.object.action`.
        package var permissions: [String]
        /// The name for people, by language.
        package var titles: [String: String]

        /// Makes an entry.
        package init(_ role: RoleReference, permissions: [String], titles: [String: String] = [:]) {
            self.role = role
            self.permissions = permissions
            self.titles = titles
        }
    }

    /// The roles, in the order of the catalogue.
    package let entries: [Entry]
    private let permissions: [RoleReference: Set<String>]

    /// Makes a catalogue; of two entries for one role both count.
    package init(_ entries: [Entry]) {
        self.entries = entries
        self.permissions = entries.reduce(into: [:]) { all, entry in
            all[entry.role, default: []].formUnion(entry.permissions)
        }
    }

    /// Words of the oldest documents for roles that the catalogue has no entry for.
    ///
    /// There a member of a contract was an admin, an integrator or a guest; today both of the
    /// latter are held in workspaces, and in the contract such a user is simply a member.
    private static let formerNames: [RoleReference: RoleReference] = [
        RoleReference(.contracts, "integrator"): RoleReference(.contracts, "member"),
        RoleReference(.contracts, "guest"): RoleReference(.contracts, "member"),
    ]

    /// The role of the catalogue that a word means; `nil` when it means none.
    package func role(meantBy word: RoleReference) -> RoleReference? {
        if self.permissions[word] != nil { return word }
        guard let today = Self.formerNames[word], self.permissions[today] != nil else {
            return nil
        }
        return today
    }

    /// What a role permits; nothing for one that is not in the catalogue.
    package func permissions(of role: RoleReference) -> Set<String> {
        self.role(meantBy: role).flatMap { self.permissions[$0] } ?? []
    }

    /// Whether a role permits something; a role that is not in the catalogue permits nothing.
    package func permits(_ role: RoleReference, _ permission: String) -> Bool {
        guard let role = self.role(meantBy: role) else { return false }
        return self.permissions[role]?.contains(permission) ?? false
    }

    /// The first of the roles that permits something.
    package func firstRole(
        of names: [String], in scope: RoleScope, permitting permission: String
    ) -> String? {
        names.first { self.permits(RoleReference(scope, $0), permission) }
    }
}
