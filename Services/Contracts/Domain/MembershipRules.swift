/// Who may become a member, change and leave, whatever the permissions.
///
/// The counts are read in the transaction that saves the decision, so two owners who remove each
/// other at once cannot both succeed.
package enum MembershipRules {
    /// What a contract's membership looks like.
    package struct Census: Hashable, Sendable {
        /// Members.
        package var members: Int
        /// Members with the role `owner`.
        package var owners: Int

        /// Makes a census.
        package init(members: Int, owners: Int) {
            self.members = members
            self.owners = owners
        }
    }

    /// Whether these roles answer for the contract.
    package static func isOwner(_ roles: [String]) -> Bool { roles.contains(RoleCatalogue.owner) }

    /// Decides whether somebody may be given roles: only a person answers for a contract.
    package static func checkOwner(asked roles: [String], isPerson: Bool) throws(Refusal) {
        if !isPerson, self.isOwner(roles.map { $0.lowercased() }) { throw .serviceAccountOwner }
    }

    /// What matters of somebody who is to join, and of the contract.
    package struct Joining: Hashable, Sendable {
        /// Whether the contract has members.
        package var hasMembers: Bool
        /// Whether whoever joins is one of them.
        package var isMember: Bool
        /// Whether whoever joins is being removed from the platform.
        package var isBeingRemoved: Bool

        /// Makes a situation.
        package init(hasMembers: Bool, isMember: Bool, isBeingRemoved: Bool) {
            self.hasMembers = hasMembers
            self.isMember = isMember
            self.isBeingRemoved = isBeingRemoved
        }
    }

    /// Decides whether somebody with these roles may join.
    package static func join(_ joining: Joining, roles: [String]) throws(Refusal) {
        if joining.isMember { throw .alreadyMember }
        if joining.isBeingRemoved { throw .userIsBeingRemoved }
        if !joining.hasMembers, !self.isOwner(roles) { throw .firstMemberMustBeOwner }
    }

    /// Decides whether a member's roles may change; nobody may leave a contract without an owner.
    package static func change(
        _ census: Census, from old: [String], to new: [String]
    ) throws(Refusal) {
        if self.isOwner(old), !self.isOwner(new), census.owners <= 1 { throw .lastOwner }
    }

    /// Decides whether a member may go: the last owner only as the last member.
    package static func leave(_ census: Census, roles: [String]) throws(Refusal) {
        if self.isOwner(roles), census.owners <= 1, census.members > 1 { throw .lastOwner }
    }

    /// Decides whether somebody may join a workspace or a team of a contract.
    package static func joinPart(
        isContractMember: Bool, isMember: Bool
    ) throws(Refusal) {
        if !isContractMember { throw .notContractMember }
        if isMember { throw .alreadyInPart }
    }

    /// Decides whether a member's roles in a workspace may change, to none when the member goes.
    ///
    /// A workspace never loses its last owner this way: it is deleted instead.
    package static func changeInWorkspace(
        owners: Int, from old: [String], to new: [String]
    ) throws(Refusal) {
        if self.isOwner(old), !self.isOwner(new), owners <= 1 { throw .lastWorkspaceOwner }
    }

    /// Who takes over what only a leaving member had: whoever removes them, if a member; else an
    /// owner who stays.
    package static func heir<User: Equatable>(
        of leaver: User, remover: User?, owners: [User]
    ) -> User? {
        if let remover, remover != leaver { return remover }
        return owners.first { $0 != leaver }
    }

    /// Whether the platform forgets a user who has this many memberships left.
    package static func forgetsUser(membershipsLeft: Int) -> Bool { membershipsLeft == 0 }
}
