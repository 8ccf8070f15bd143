import ContractsDomain
import Identifiers
import JSONAPI
import Storage

/// The table `workspace`.
enum WorkspaceStore {
    /// What a user is to a workspace and its contract; one look into four primary keys.
    struct Standing {
        var workspace: WorkspaceRow
        var contract: ContractRow
        var contractRoles: [String]?
        var workspaceRoles: [String]?
    }

    static func standing(
        of user: UserID, in workspace: WorkspaceID, _ transaction: any ReadTransaction
    ) throws(StorageError) -> Standing? {
        let row = try transaction.row(
            """
            SELECT \(WorkspaceRow.columns), workspace_member.roles AS workspace_roles
            FROM workspace LEFT JOIN workspace_member
            ON workspace_member.workspace_id = workspace.id AND workspace_member.user_id = ?
            WHERE workspace.id = ?
            """, [user, workspace])
        guard let row else { return nil }
        let workspace = try WorkspaceRow(row)
        guard
            let (contract, roles) = try ContractStore.find(
                workspace.contract, for: user, in: transaction)
        else { throw StorageError(.corrupt, "a workspace without contract") }
        return Standing(
            workspace: workspace, contract: contract, contractRoles: roles,
            workspaceRoles: try row.optionalText("workspace_roles").map(RoleText.names))
    }

    static func insert(
        _ workspace: WorkspaceRow, of tenant: TenantID, by user: UserID,
        in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            INSERT INTO workspace (
                id, contract_id, tenant_id, name, type, version, created_by, created_at,
                updated_at
            ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                workspace.id, workspace.contract, tenant, workspace.name, workspace.type.rawValue,
                workspace.version, user, workspace.createdAt, workspace.updatedAt,
            ])
    }

    /// Saves the name and the kind.
    static func update(
        _ workspace: WorkspaceRow, in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            "UPDATE workspace SET name = ?, type = ?, version = ?, updated_at = ? WHERE id = ?",
            [
                workspace.name, workspace.type.rawValue, workspace.version, workspace.updatedAt,
                workspace.id,
            ])
    }

    /// Deletes a workspace that nothing refers to any more.
    static func delete(
        _ workspace: WorkspaceID, in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute("DELETE FROM workspace WHERE id = ?", [workspace])
    }

    /// Which workspaces a list shows, and in which order.
    struct Filter {
        /// Whose: those a user is a member of; `nil` for all there are.
        var user: UserID?
        /// Only those of this contract.
        var contract: ContractID?
        /// Those of this tenant, when neither is named.
        var tenant: TenantID
        /// Only those of this kind.
        var type: WorkspaceRow.Kind?
        /// The order.
        var order = ListOrder()

        /// The rest of the statement after its columns, with its arguments.
        ///
        /// The narrowest that is known leads: a user and a contract belong to one tenant.
        var sql: (text: String, arguments: [any SQLConvertible]) {
            var text = "FROM workspace"
            var conditions: [String] = []
            var arguments: [any SQLConvertible] = []
            if let user = self.user {
                text += " JOIN workspace_member ON workspace_member.workspace_id = workspace.id"
                conditions.append("workspace_member.user_id = ?")
                arguments.append(user)
            }
            if let contract = self.contract {
                conditions.append("workspace.contract_id = ?")
                arguments.append(contract)
            }
            if conditions.isEmpty {
                conditions.append("workspace.tenant_id = ?")
                arguments.append(self.tenant)
            }
            if let type = self.type {
                conditions.append("workspace.type = ?")
                arguments.append(type.rawValue)
            }
            return (text + " WHERE " + conditions.joined(separator: " AND "), arguments)
        }

        /// What the page is ordered by.
        var orderSQL: String {
            let id = self.user == nil ? "workspace.id" : "workspace_member.workspace_id"
            return self.order.sql(name: "workspace.name", id: id)
        }
    }

    /// A page of workspaces with their number.
    static func page(
        _ filter: Filter, _ page: Page, in transaction: any ReadTransaction
    ) throws(StorageError) -> (workspaces: [WorkspaceRow], total: Int) {
        let (text, arguments) = filter.sql
        var workspaces: [WorkspaceRow] = []
        for row in try transaction.rows(
            """
            SELECT \(WorkspaceRow.columns) \(text) ORDER BY \(filter.orderSQL) LIMIT ? OFFSET ?
            """, arguments + [page.size, page.offset])
        {
            workspaces.append(try WorkspaceRow(row))
        }
        let total = try transaction.row("SELECT COUNT(*) AS found \(text)", arguments)
        return (workspaces, try total?.int("found") ?? 0)
    }
}
