import ContractsAPI
import ContractsDomain
import Identifiers
import Storage

extension ContractsService {
    /// Closes a tenant without contracts and removes what it has of its own.
    func releaseTenant(_ request: ReleaseTenant) async throws -> ReleaseTenant.Reply {
        let tenant = request.tenant
        let now = self.clock.nowMilliseconds
        let contracts = try await self.database.write { transaction in
            let contracts = try ContractStore.count(of: tenant, in: transaction)
            guard contracts == 0 else { return contracts }
            try ReleasedTenantStore.insert(tenant, at: now, in: transaction)
            try MailTemplateStore.deleteAll(of: tenant, in: transaction)
            return 0
        }
        guard contracts == 0 else { return .refused(contracts: contracts) }
        let endpoints = try await self.database.read { transaction in
            try WebhookStore.list(of: tenant, in: transaction)
        }
        for endpoint in endpoints {
            try await self.database.write { try WebhookStore.delete(endpoint.id, in: $0) }
        }
        self.roles.forget(tenant)
        return .released
    }
}
