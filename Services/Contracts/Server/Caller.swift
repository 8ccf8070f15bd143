import ContractsDomain
import Identifiers
import PublicHTTP
import Storage

/// Who makes a public request, with what is needed to decide on it.
struct Caller: Sendable {
    /// Who acts.
    let actor: AccessPolicy.Actor
    /// The roles of the actor's tenant.
    let catalogue: RoleCatalogue
    /// Who acts in which request, for the audit trail.
    let author: AuditEvent.Author

    /// Makes a caller.
    init(
        actor: AccessPolicy.Actor, catalogue: RoleCatalogue, requestID: String
    ) {
        self.actor = actor
        self.catalogue = catalogue
        self.author = .user(actor.user, requestID: requestID)
    }

    var policy: AccessPolicy { AccessPolicy(self.catalogue) }
}

extension ContractsService {
    /// Who makes a request.
    func caller(_ request: PublicRequest) async throws -> Caller {
        let principal = try request.caller()
        return Caller(
            actor: AccessPolicy.Actor(
                user: principal.user, tenant: principal.tenant,
                isTenantAdmin: principal.isTenantAdmin),
            catalogue: try await self.roles.catalogue(of: principal.tenant),
            requestID: request.requestID)
    }
}

extension Caller {
    /// The contract, if this call of it is permitted and its state allows it.
    func admit(
        _ call: PublicCall, to contract: ContractID, in transaction: any ReadTransaction
    ) throws -> ContractRow {
        guard
            let (row, roles) = try ContractStore.find(
                contract, for: self.actor.user, in: transaction)
        else { throw Refusal.contractNotFound }
        try self.admit(
            call, to: row, .init(tenant: row.lifecycle.tenant, contractRoles: roles))
        return row
    }

    /// Refuses a call of a contract that is not permitted, or that its state does not allow.
    func admit(
        _ call: PublicCall, to contract: ContractRow, _ standing: AccessPolicy.Standing
    ) throws(Refusal) {
        try self.check(
            self.policy.decide(call, self.actor, standing), otherwise: .contractNotFound)
        try contract.lifecycle.check(call.rule.act)
    }

    /// The workspace and its contract, if this call is permitted and the state allows it.
    func admit(
        _ call: PublicCall, to workspace: WorkspaceID, in transaction: any ReadTransaction
    ) throws -> WorkspaceStore.Standing {
        guard
            let found = try WorkspaceStore.standing(
                of: self.actor.user, in: workspace, transaction)
        else { throw Refusal.workspaceNotFound }
        try self.check(
            self.policy.decide(call, self.actor, found.access), otherwise: .workspaceNotFound)
        try found.contract.lifecycle.check(call.rule.act)
        return found
    }

    /// The team and its contract, if this call is permitted and the state allows it.
    func admit(
        _ call: PublicCall, to team: TeamID, in transaction: any ReadTransaction
    ) throws -> (team: TeamRow, contract: ContractRow) {
        guard let row = try TeamStore.find(team, in: transaction),
            let (contract, roles) = try ContractStore.find(
                row.contract, for: self.actor.user, in: transaction)
        else { throw Refusal.teamNotFound }
        let standing = AccessPolicy.Standing(
            tenant: contract.lifecycle.tenant, contractRoles: roles)
        try self.check(self.policy.decide(call, self.actor, standing), otherwise: .teamNotFound)
        try contract.lifecycle.check(call.rule.act)
        return (row, contract)
    }

    /// Refuses what was not allowed.
    func check(_ decision: AccessPolicy.Decision, otherwise notFound: Refusal) throws(Refusal) {
        switch decision {
        case .allowed: return
        case .denied(let why): throw .forbidden(why)
        case .notFound: throw notFound
        }
    }
}

extension WorkspaceStore.Standing {
    var access: AccessPolicy.Standing {
        .init(
            tenant: self.contract.lifecycle.tenant, contractRoles: self.contractRoles,
            workspaceRoles: self.workspaceRoles)
    }
}
