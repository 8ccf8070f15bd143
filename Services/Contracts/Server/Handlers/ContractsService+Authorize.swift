import ContractsAPI
import ContractsDomain
import Storage

extension ContractsService {
    /// What a request of ``authorize(_:)`` is about.
    private struct Matter {
        var contract: ContractRow
        var standing: AccessPolicy.Standing
        /// What the team is called, if it is about one.
        var team: String?
    }

    /// Whether a user may act on a contract, in a workspace or for a developer team.
    func authorize(_ request: Authorize) async throws -> Authorize.Reply {
        let catalogue = try await self.roles.catalogue(of: request.tenant)
        let actor = AccessPolicy.Actor(
            user: request.user, tenant: request.tenant, isTenantAdmin: request.isTenantAdmin)
        let found = try await self.database.lookUp { transaction in
            try self.matter(of: request, in: transaction)
        }
        guard let found else { return .notFound }
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

    private func matter(
        of request: Authorize, in transaction: any ReadTransaction
    ) throws -> Matter? {
        switch request.scope {
        case .contract(let id):
            return try ContractStore.find(id, for: request.user, in: transaction).map {
                Matter(
                    contract: $0, standing: .init(tenant: $0.lifecycle.tenant, contractRoles: $1))
            }
        case .workspace(let id):
            return try WorkspaceStore.standing(of: request.user, in: id, transaction).map {
                Matter(contract: $0.contract, standing: $0.access)
            }
        case .team(let id):
            guard let team = try TeamStore.find(id, in: transaction) else { return nil }
            return try ContractStore.find(team.contract, for: request.user, in: transaction).map {
                Matter(
                    contract: $0, standing: .init(tenant: $0.lifecycle.tenant, contractRoles: $1),
                    team: team.name)
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
