package import ContractLifecycle

/// The calls of the public API, each with its row in the table of who may make it and when.
///
/// The raw value is the operation's name in the API's description; a test fails for an operation
/// that has no row and for a row that no operation has.
package enum PublicCall: String, CaseIterable, Hashable, Sendable {
    case createContract, listContracts, getContract, updateContract, deleteContract
    case suspendContract, unsuspendContract
    case listMembers, addMember, updateMember, removeMember
    case listInvites, createInvite, revokeInvite, getInvite, acceptInvite
    case listRoles
    case listAudit
    case listMailTemplates, updateMailTemplate, resetMailTemplate
    case createWorkspace, listWorkspaces, getWorkspace, listWorkspaceMembers

    /// Who may make a call, and what kind of act it is.
    package struct Rule: Hashable, Sendable {
        /// Whether a Tenant Admin may, member or not.
        package var tenantAdmin: Bool
        /// Which members may.
        package var member: MemberRight
        /// What the call does to the contract, as far as its state matters.
        package var act: Act
    }

    /// Which members may make a call.
    package enum MemberRight: Hashable, Sendable {
        /// None.
        case nobody
        /// All.
        case membership
        /// Those whose roles permit it.
        case permission(String)
        /// Everybody, members or not: what is given out is known to who asks.
        case anybody
    }

    /// The row of the table.
    ///
    /// A Tenant Admin who is no member does not list members and invites, change roles or create
    /// workspaces: the tables of the API documents say so.
    package var rule: Rule {
        switch self {
        case .createContract: Rule(tenantAdmin: true, member: .nobody, act: .outside)
        case .listContracts: Rule(tenantAdmin: true, member: .membership, act: .outside)
        case .getContract: Rule(tenantAdmin: true, member: .membership, act: .readContract)
        case .updateContract: Self.needs("contracts.contract.edit", .write)
        case .deleteContract: Rule(tenantAdmin: true, member: .nobody, act: .lifecycle)
        case .suspendContract: Rule(tenantAdmin: true, member: .nobody, act: .lifecycle)
        case .unsuspendContract: Rule(tenantAdmin: true, member: .nobody, act: .lifecycle)
        case .listMembers: Rule(tenantAdmin: false, member: .membership, act: .readParts)
        case .addMember: Self.needs("contracts.membership.edit_directly", .write)
        case .updateMember:
            Rule(
                tenantAdmin: false, member: .permission("contracts.membership.edit"), act: .write)
        case .removeMember: Self.needs("contracts.membership.edit", .write)
        case .listInvites: Rule(tenantAdmin: false, member: .membership, act: .readParts)
        case .createInvite: Self.needs("contracts.membership.edit", .write)
        case .revokeInvite: Self.needs("contracts.membership.edit", .deleteOwnThings)
        case .getInvite: Rule(tenantAdmin: true, member: .anybody, act: .readParts)
        case .acceptInvite: Rule(tenantAdmin: true, member: .anybody, act: .write)
        case .listRoles: Rule(tenantAdmin: true, member: .membership, act: .readParts)
        case .listMailTemplates, .updateMailTemplate, .resetMailTemplate:
            Rule(tenantAdmin: true, member: .nobody, act: .outside)
        case .listAudit: Rule(tenantAdmin: true, member: .nobody, act: .outside)
        case .createWorkspace:
            Rule(
                tenantAdmin: false, member: .permission("contracts.workspace.create"), act: .write)
        case .listWorkspaces: Rule(tenantAdmin: true, member: .membership, act: .readParts)
        case .getWorkspace: Rule(tenantAdmin: true, member: .membership, act: .readParts)
        case .listWorkspaceMembers:
            Rule(tenantAdmin: true, member: .membership, act: .readParts)
        }
    }

    private static func needs(_ permission: String, _ act: Act) -> Rule {
        Rule(tenantAdmin: true, member: .permission(permission), act: act)
    }
}

/// What a call does to a contract, as far as the contract's state matters.
package enum Act: CaseIterable, Hashable, Sendable {
    /// It is about no contract in particular.
    case outside
    /// Reads the contract itself and how its deletion goes.
    case readContract
    /// Reads what the contract holds.
    case readParts
    /// Deletes something of one's own.
    case deleteOwnThings
    /// Creates, changes, invites, adds or removes members.
    case write
    /// Moves the contract to another state; the state machine decides.
    case lifecycle

    /// Whether the act is allowed in a state.
    package func isAllowed(in state: ContractState) -> Bool {
        switch self {
        case .outside, .readContract, .lifecycle: true
        case .readParts, .deleteOwnThings: state.allowsDeletingOwnThings
        case .write: state.allowsNewWork
        }
    }
}

extension Lifecycle {
    /// Refuses an act that the state in force does not allow.
    package func check(_ act: Act) throws(Refusal) {
        guard act.isAllowed(in: self.phase.state) else { throw .state(self.inForce) }
    }
}
