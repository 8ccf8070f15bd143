import ContractsAPI
import ContractsDomain
import Storage

extension ContractsService {
    /// Whether a user may act on a contract or in a workspace.
    func authorize(_ request: Authorize) async throws -> Authorize.Reply {
        let catalogue = try await self.roles.catalogue(of: request.tenant)
        let actor = AccessPolicy.Actor(
            user: request.user, tenant: request.tenant, isTenantAdmin: request.isTenantAdmin)
        let found = try await self.database.lookUp { transaction in
            try self.standing(of: request, in: transaction)
        }
        guard let (contract, standing) = found else { return .notFound }
        switch AccessPolicy(catalogue).decide(actor, standing, permission: request.permission) {
        case .allowed(let role):
            return .allowed(.init(contract: contract.id, tenant: standing.tenant, role: role))
        case .denied(let reason): return .denied(reason: reason)
        case .notFound: return .notFound
        }
    }

    private func standing(
        of request: Authorize, in transaction: any ReadTransaction
    ) throws -> (ContractRow, AccessPolicy.Standing)? {
        switch request.scope {
        case .contract(let id):
            try ContractStore.find(id, for: request.user, in: transaction).map {
                ($0, .init(tenant: $0.lifecycle.tenant, contractRoles: $1))
            }
        case .workspace(let id):
            try WorkspaceStore.standing(of: request.user, in: id, transaction).map {
                ($0.contract, $0.access)
            }
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
