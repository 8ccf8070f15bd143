import ContractsAPI
import ContractsDomain
import Storage

extension ContractsService {
    /// Whether a user may act on a contract, in a workspace or for a developer team.
    func authorize(_ request: Authorize) async throws -> Authorize.Reply {
        let catalogue = try await self.roles.catalogue(of: request.tenant)
        let actor = AccessPolicy.Actor(
            user: request.user, tenant: request.tenant, isTenantAdmin: request.isTenantAdmin)
        guard let found = try await self.reads.matter(request.scope, of: request.user) else {
            return .notFound
        }
        let policy = AccessPolicy(catalogue)
        switch policy.decide(actor, found.standing, permission: request.permission) {
        case .allowed(let role):
            return .allowed(
                .init(
                    contract: found.contract.id, tenant: found.standing.tenant, role: role,
                    team: found.team))
        case .denied(let reason): return .denied(reason: reason)
        case .notFound: return .notFound
        }
    }

    /// The state in force of every contract that is not simply active, a page at a time.
    func listContractStates(
        _ request: ListContractStates
    ) async throws -> ListContractStates.Reply {
        let max = ListContractStates.commandsMax
        let rows = try await self.database.read { transaction in
            try ContractStore.notActive(after: request.after, max: max + 1, in: transaction)
        }
        return .init(
            commands: rows.prefix(max).compactMap(\.lifecycle.commandInForce),
            isLast: rows.count <= max)
    }
}
