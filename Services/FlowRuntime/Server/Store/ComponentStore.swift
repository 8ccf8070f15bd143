import Identifiers
import Storage

/// The table `component`.
enum ComponentStore {
    static func find(
        _ id: ComponentID, in transaction: any ReadTransaction
    ) throws -> ComponentRow? {
        try transaction.row(
            "SELECT \(ComponentRow.columns) FROM component WHERE id = ?", [id.text]
        ).map { try ComponentRow($0) }
    }

    /// The components that a command of a flow could name: the contract's own before others'.
    static func named(
        _ name: String, of teamName: String, in tenant: TenantID, for contract: ContractID,
        _ transaction: any ReadTransaction
    ) throws -> [ComponentRow] {
        let found = try transaction.rows(
            """
            SELECT \(ComponentRow.columns) FROM component
            WHERE tenant_id = ? AND team_name = ? AND name = ?
                AND (contract_id = ? OR access = 'tenant')
            """, [tenant.text, teamName, name, contract.text]
        ).map { try ComponentRow($0) }
        return found.filter { $0.contract == contract } + found.filter { $0.contract != contract }
    }

    /// Whether a component could not have its name beside those there are.
    static func isTaken(
        _ component: ComponentRow, in transaction: any ReadTransaction
    ) throws -> Bool {
        try self.named(
            component.name, of: component.teamName, in: component.tenant, for: component.contract,
            transaction
        ).contains { other in
            other.id != component.id
                && (other.contract == component.contract
                    || (other.access == .tenant && component.access == .tenant))
        }
    }

    static func insert(
        _ component: ComponentRow, in transaction: any WriteTransaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO component (id, contract_id, tenant_id, team_id, team_name, name,
                description, access, user_id, revision, last_version, created_at, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                component.id.text, component.contract.text, component.tenant.text,
                component.team.text, component.teamName, component.name, component.description,
                component.access.rawValue, component.user.text, component.revision,
                component.lastVersion, component.createdAt, component.updatedAt,
            ])
    }

    /// Saves what changes of a component.
    static func update(
        _ component: ComponentRow, in transaction: any WriteTransaction
    ) throws {
        try transaction.execute(
            """
            UPDATE component SET description = ?, access = ?, revision = ?, last_version = ?,
                updated_at = ?
            WHERE id = ?
            """,
            [
                component.description, component.access.rawValue, component.revision,
                component.lastVersion, component.updatedAt, component.id.text,
            ])
    }

    /// Deletes a component that has no version any more.
    static func delete(
        _ component: ComponentID, in transaction: any WriteTransaction
    ) throws {
        try transaction.execute("DELETE FROM component WHERE id = ?", [component.text])
    }

    /// Components of a team of a contract, oldest first, with their number.
    static func list(
        of team: TeamID, in contract: ContractID, limit: Int, _ transaction: any ReadTransaction
    ) throws -> (components: [ComponentID], total: Int) {
        let components = try transaction.rows(
            """
            SELECT id, COUNT(*) OVER () AS total FROM component
            WHERE contract_id = ? AND team_id = ? ORDER BY created_at, id LIMIT ?
            """, [contract.text, team.text, limit])
        return (
            try components.map { try $0.identifier("id") },
            try components.first?.int("total") ?? 0
        )
    }

    static func count(
        of contract: ContractID, in transaction: any ReadTransaction
    ) throws -> Int {
        try transaction.row(
            "SELECT COUNT(*) AS found FROM component WHERE contract_id = ?", [contract.text]
        )?.int("found") ?? 0
    }

    /// Which components a list shows.
    struct Filter {
        /// The contract that may use them.
        var contract: ContractID
        /// Its tenant.
        var tenant: TenantID
        /// Only those with this access; `nil` for all.
        var access: ComponentRow.Access?

        /// The rest of the statement after its columns, with its arguments.
        var sql: (text: String, arguments: [any SQLConvertible]) {
            switch self.access {
            case .team:
                (
                    "FROM component WHERE contract_id = ? AND access = 'team'",
                    [self.contract.text]
                )
            case .tenant:
                ("FROM component WHERE tenant_id = ? AND access = 'tenant'", [self.tenant.text])
            case nil:
                (
                    """
                    FROM component
                    WHERE contract_id = ? OR (tenant_id = ? AND access = 'tenant')
                    """, [self.contract.text, self.tenant.text]
                )
            }
        }
    }

    /// A page of components, oldest first, with their number.
    static func page(
        _ filter: Filter, limit: Int, offset: Int, in transaction: any ReadTransaction
    ) throws -> (components: [ComponentRow], total: Int) {
        let (text, arguments) = filter.sql
        let rows = try transaction.rows(
            """
            SELECT \(ComponentRow.columns) \(text) ORDER BY created_at, id LIMIT ? OFFSET ?
            """, arguments + [limit, offset])
        let total = try transaction.row("SELECT COUNT(*) AS found \(text)", arguments)
        return (try rows.map { try ComponentRow($0) }, try total?.int("found") ?? 0)
    }
}
