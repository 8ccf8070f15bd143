import ContractParticipant
import ContractsDomain
import Identifiers
import JSONAPI

extension Refusal {
    /// The refusal as the public API tells it; the body says where in it the fault is.
    func apiErrors(in body: JSON?) -> APIErrors {
        let errors =
            switch self {
            case .roles(let scope, let faults): Self.roleErrors(faults, scope, body)
            case .rolesInBoth(let contract, let workspace):
                Self.roleErrors(contract, .contracts, body)
                    + Self.roleErrors(workspace, .workspaces, body)
            case .personRefused(let faults): faults.map(\.apiError)
            default: [] as [APIError]
            }
        return APIErrors(errors) ?? APIErrors(self.apiError)
    }

    private static func roleErrors(
        _ faults: RoleSelection.Faults, _ scope: RoleScope, _ body: JSON?
    ) -> [APIError] {
        // In a workspace's own operations its roles are simply the roles.
        let type = body?["data"]?["type"]
        let isOwn = type == "member" || type == "workspace-invite"
        let prefix =
            switch (scope, isOwn) {
            case (.contracts, false), (.workspaces, true): ""
            case (.workspaces, false): "workspace_"
            case (.contracts, true): "contract_"
            }
        let name = "\(prefix)role"
        let attributes = body?["data"]?["attributes"]
        return faults.list.map { fault in
            let isList = attributes?["\(name)s"] != nil
            let pointer = isList ? "\(name)s/\(fault.index)" : name
            return APIError(
                400, "unknown_role", fault.detail, source: .pointer("/data/attributes/\(pointer)"))
        }
    }

    private var apiError: APIError {
        switch self {
        case .contractNotFound: .notFound("Contract is not found")
        case .workspaceNotFound: .notFound("Workspace is not found")
        case .teamNotFound: .notFound("Team is not found")
        case .memberNotFound: .notFound("Member is not found")
        case .inviteNotFound: .notFound("Invite is not found or no longer valid")
        case .userNotFound: .notFound("User is not found")
        case .webhookNotFound: .notFound("Webhook is not found")
        case .tooManyWebhooks:
            .conflict(
                "too_many_webhooks",
                "There may be \(ContractsLimits.webhooksMax) webhook endpoints; remove one first.")
        case .tenantReleased: .conflict("tenant_deleting", "The tenant is being deleted.")
        case .forbidden(let why): .forbidden(why)
        case .state(let inForce): inForce.gateRefusal.apiError
        case .stillSuspending(let inForce):
            Self.stillSuspending(inForce.gateRefusal.apiError)
        case .componentsInUse(let blockers, let total): Self.inUse(blockers, total)
        case .teamHasComponents(let components, let total):
            .conflict(
                "team_has_components", "The team has components: delete them first.",
                meta: [
                    "components": .strings(components.map(\.text)), "total": .integer(total),
                ])
        case .contractNotNamed:
            APIError(
                400, "contract_not_named",
                "Name the contract in relationships: you are not a member of exactly one.",
                source: .pointer("/data/relationships/contract"))
        case .workspaceMissing: Self.missing("workspace_id")
        case .workspaceRolesMissing: Self.missing("workspace_roles")
        case .resentTooSoon(let seconds):
            APIError(
                429, "resent_too_soon", "The invite was sent a moment ago.",
                retryAfterSeconds: Int(seconds))
        case .deletionNotDecided:
            APIError(
                503, "unavailable",
                "Whether the contract may be deleted could not be found out; it is as it was. "
                    + "Try again.",
                retryAfterSeconds: 5)
        case .serviceAccountOwner:
            .conflict(
                "service_account_owner", "A service account cannot be the owner of a contract.",
                pointer: "/data/attributes/roles")
        case .roles, .rolesInBoth, .personRefused, .firstMemberMustBeOwner, .lastOwner,
            .lastWorkspaceOwner,
            .alreadyMember, .alreadyInPart, .notContractMember, .inviteNotNeeded, .teamNameTaken,
            .alreadyInvited, .userIsBeingRemoved, .inviteForAnother, .accountExists:
            self.membershipError
        }
    }

    private static func missing(_ name: String) -> APIError {
        APIError(
            400, "missing", "\"\(name)\" is missing.", source: .pointer("/data/attributes"))
    }

    private var membershipError: APIError {
        switch self {
        case .firstMemberMustBeOwner:
            .conflict(
                "first_member_must_be_owner",
                "The first member of a contract must have the role owner.",
                pointer: "/data/attributes/roles")
        case .lastOwner:
            .conflict("last_owner", "You can not remove the last owner in the contract.")
        case .lastWorkspaceOwner:
            .conflict("last_owner", "You can not remove the last owner in the workspace.")
        case .alreadyInPart:
            .conflict("already_member", "The user is a member already.", pointer: "/data/id")
        case .notContractMember:
            .conflict(
                "not_contract_member", "The user is not a member of the contract.",
                pointer: "/data/id")
        case .inviteNotNeeded:
            .conflict(
                "already_member",
                "A user with the given email is already a member of the contract: add the user "
                    + "to the workspace.",
                pointer: "/data/attributes/email")
        case .teamNameTaken:
            .conflict(
                "name_taken", "Another team of the contract has this name.",
                pointer: "/data/attributes/name")
        case .alreadyMember:
            .conflict(
                "already_member",
                "A user with the given email is already a member of the current contract.")
        case .alreadyInvited:
            .conflict(
                "already_invited", "There is a pending invite for that e-mail already.",
                pointer: "/data/attributes/email")
        case .userIsBeingRemoved:
            .conflict("user_is_being_removed", "The user is being removed from the platform.")
        case .inviteForAnother: .forbidden("The invite is for another e-mail address.")
        case .accountExists:
            .conflict(
                "account_exists",
                "There is an account with that e-mail already: sign in to accept the invite.")
        default: APIError(400, "invalid_value", "The request cannot be fulfilled.")
        }
    }

    private static func stillSuspending(_ refusal: APIError) -> APIError {
        var error = refusal
        error.code = "contract_suspending"
        error.detail = "The contract is still being suspended; try again once it is suspended."
        error.retryAfterSeconds = 1
        return error
    }

    private static func inUse(_ blockers: [Blocker], _ total: Int) -> APIError {
        .conflict(
            "components_in_use",
            "Components of the contract are used in flows of other contracts.",
            meta: [
                "blockers": .array(blockers.map(\.json)),
                "total": .integer(total),
            ])
    }
}

extension Refusal.StateInForce {
    /// The same refusal as every participant gives it.
    var gateRefusal: ContractGateRefusal {
        ContractGateRefusal(
            contract: self.contract, use: .newWork, state: self.state, reason: self.reason,
            since: self.since)
    }
}

extension Refusal.PersonFault {
    /// The fault as it is told of a body that says the part.
    var apiError: APIError { .invalid("/data/attributes/\(self.part)", self.reason) }
}

extension Refusal.Blocker {
    /// The use as it is told.
    var json: JSON {
        ["flow": .string(self.flow.text), "component": .string(self.component.text)]
    }
}
