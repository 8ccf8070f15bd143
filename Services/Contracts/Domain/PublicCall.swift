package import ContractLifecycle

/// The calls of the public API, each with its row in the table of who may make it and when.
///
/// The raw value is the operation's name in the API's description; a test fails for an operation
/// that has no row and for a row that no operation has.
package enum PublicCall: String, CaseIterable, Hashable, Sendable {
    case createContract, listContracts, getContract, updateContract, deleteContract
    case suspendContract, unsuspendContract
    case listMembers, addMember, updateMember, removeMember
    case explainPermissions
    case listInvites, createInvite, updateInvite, resendInvite, revokeInvite
    case getInvite, acceptInvite
    case listRoles, planDeletion
    case listAudit
    case listWebhooks, createWebhook, getWebhook, updateWebhook, deleteWebhook
    case listWebhookDeliveries
    case listMailTemplates, updateMailTemplate, resetMailTemplate
    case createWorkspace, listWorkspaces, getWorkspace, updateWorkspace, deleteWorkspace
    case listWorkspaceMembers, addWorkspaceMember, updateWorkspaceMember, removeWorkspaceMember
    case listWorkspaceInvites, createWorkspaceInvite, revokeWorkspaceInvite, listWorkspaceRoles
    case createTeam, listTeams, getTeam, updateTeam, deleteTeam
    case listTeamMembers, addTeamMember, removeTeamMember

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
        /// Those whose roles permit one of two.
        case either(String, String)
        /// Everybody, members or not: what is given out is known to who asks.
        case anybody
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
