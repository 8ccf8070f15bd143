import ContractsDomain
import Storage

/// What of a template is to change.
struct MailTemplateChange: Sendable {
    var subject: String?
    var text: String?
    var html: String?
    var isEnabled: Bool?
}

extension ContractsService {
    /// The template in force for each kind of e-mail; `updatedAt` is 0 for one that was never
    /// changed.
    func listMailTemplates(for caller: Caller) async throws -> [MailTemplateStore.Row] {
        try caller.requireTenantAdmin()
        return try await self.database.read { transaction in
            try MailKind.allCases.map { try Self.template($0, caller, transaction) }
        }
    }

    /// Changes a template for the caller's tenant.
    func updateMailTemplate(
        _ kind: MailKind, _ change: MailTemplateChange, by caller: Caller
    ) async throws -> MailTemplateStore.Row {
        try caller.requireTenantAdmin()
        let now = self.clock.nowMilliseconds
        return try await self.database.write { transaction in
            try ReleasedTenantStore.check(caller.actor.tenant, in: transaction)
            var row = try Self.template(kind, caller, transaction)
            row.template.subject = change.subject ?? row.template.subject
            row.template.text = change.text ?? row.template.text
            row.template.html = change.html ?? row.template.html
            row.isEnabled = change.isEnabled ?? row.isEnabled
            row.updatedAt = now
            try MailTemplateStore.put(row, of: caller.actor.tenant, in: transaction)
            return row
        }
    }

    /// Goes back to the words that every tenant begins with.
    func resetMailTemplate(_ kind: MailKind, by caller: Caller) async throws {
        try caller.requireTenantAdmin()
        try await self.database.write { transaction in
            try MailTemplateStore.delete(kind, of: caller.actor.tenant, in: transaction)
        }
    }

    private static func template(
        _ kind: MailKind, _ caller: Caller, _ transaction: any ReadTransaction
    ) throws(StorageError) -> MailTemplateStore.Row {
        try MailTemplateStore.find(kind, of: caller.actor.tenant, in: transaction)
            ?? MailTemplateStore.Row(
                kind: kind, template: kind.standard, isEnabled: true, updatedAt: 0)
    }
}

extension Caller {
    /// Refuses everybody else.
    func requireTenantAdmin() throws(Refusal) {
        guard self.actor.isTenantAdmin else {
            throw .forbidden("Only a Tenant Admin may do this.")
        }
    }
}
