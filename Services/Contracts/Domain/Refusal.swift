package import ContractLifecycle
package import Identifiers

/// Why a rule says no.
package enum Refusal: Error, Hashable, Sendable {
    /// There is no such contract, or who asks is a stranger to it.
    case contractNotFound
    /// There is no such workspace, or who asks is a stranger to it.
    case workspaceNotFound
    /// There is no such team, or who asks is a stranger to its contract.
    case teamNotFound
    /// The user is not a member of the contract, workspace or team.
    case memberNotFound
    /// The contract has no such pending invite, or the token is unknown, used, revoked or expired.
    case inviteNotFound
    /// There is no such user in the tenant.
    case userNotFound
    /// The tenant has no such webhook endpoint.
    case webhookNotFound
    /// The tenant has as many webhook endpoints as there may be.
    case tooManyWebhooks
    /// The tenant is being deleted: nothing is made for it any more.
    case tenantReleased
    /// Who asks is known here and may not.
    case forbidden(String)
    /// The contract's state forbids it.
    case state(StateInForce)
    /// Nothing can be resumed before the suspension is complete.
    case stillSuspending(StateInForce)
    /// A contract begins with its owner.
    case firstMemberMustBeOwner
    /// A contract with members has an owner.
    case lastOwner
    /// A workspace with members has an owner.
    case lastWorkspaceOwner
    /// The user is a member already.
    case alreadyMember
    /// The user is a member of the workspace or team already.
    case alreadyInPart
    /// Only members of the contract join its workspaces and teams.
    case notContractMember
    /// The address is that of a member of the contract, who is added to a workspace without an
    /// invite.
    case inviteNotNeeded
    /// Another team of the contract has the name.
    case teamNameTaken
    /// There is a pending invite for that address.
    case alreadyInvited
    /// A service account answers for no contract.
    case serviceAccountOwner
    /// The user is being removed from the platform.
    case userIsBeingRemoved
    /// The invite is for somebody else.
    case inviteForAnother
    /// Roles in a workspace were asked for, and no workspace was named.
    case workspaceMissing
    /// A workspace was named, and no roles in it.
    case workspaceRolesMissing
    /// Who asks belongs to several contracts, or none, and named none.
    case contractNotNamed
    /// Roles were asked for that cannot be given.
    case roles(RoleScope, RoleSelection.Faults)
    /// Roles were asked for in a contract and in a workspace that cannot be given.
    case rolesInBoth(contract: RoleSelection.Faults, workspace: RoleSelection.Faults)
    /// The invite's e-mail left so short a time ago that it is not sent again, for so many
    /// seconds.
    case resentTooSoon(seconds: Int64)
    /// Flows of other contracts use components of the contract that is to be deleted.
    case componentsInUse([Blocker], total: Int)
    /// The team has components, which go before it.
    case teamHasComponents([ComponentID], total: Int)
    /// Whether the contract may be deleted could not be found out in time.
    case deletionNotDecided
    /// The person who accepts an invite has an account already and did not sign in.
    case accountExists
    /// The names, the address or the password of somebody new break the rules of who keeps accounts.
    case personRefused([PersonFault])

    /// What is wrong with a part of what somebody new says.
    package struct PersonFault: Hashable, Sendable {
        /// The part, by its name in public documents.
        package var part: String
        /// What is wrong, to follow the part's name.
        package var reason: String

        /// Makes a fault.
        package init(part: String, reason: String) {
            self.part = part
            self.reason = reason
        }
    }

    /// A flow of another contract that uses a component of this one.
    package struct Blocker: Hashable, Sendable {
        /// The flow.
        package var flow: FlowID
        /// The component.
        package var component: ComponentID

        /// Makes a blocker.
        package init(flow: FlowID, component: ComponentID) {
            self.flow = flow
            self.component = component
        }
    }

    /// The state that forbids something, and what is known of it.
    package struct StateInForce: Hashable, Sendable {
        /// The contract.
        package var contract: ContractID
        /// The state.
        package var state: ContractState
        /// Why, in the words of who asked for it.
        package var reason: String?
        /// Since when, in milliseconds since 1970.
        package var since: Int64

        /// Makes a value.
        package init(
            _ contract: ContractID, _ state: ContractState, reason: String?, since: Int64
        ) {
            self.contract = contract
            self.state = state
            self.reason = reason
            self.since = since
        }
    }
}
