import ContractsDomain
import Identifiers
import JSONAPI
import Storage

/// A workspace as it is stored.
struct WorkspaceRow: Hashable, Sendable {
    /// The workspace.
    var id: WorkspaceID
    /// The contract it belongs to.
    var contract: ContractID
    /// What it is called.
    var name: String
    /// What kind it is.
    var type: Kind

    /// What kind a workspace is.
    enum Kind: String, Hashable, Sendable {
        /// Flows run without an end.
        case full
        /// Flows run for a time, for trying out.
        case limited
    }

    static let columns = """
        workspace.id, workspace.contract_id, workspace.name, workspace.type
        """

    init(id: WorkspaceID, contract: ContractID, name: String, type: Kind) {
        self.id = id
        self.contract = contract
        self.name = name
        self.type = type
    }

    init(_ row: SQLRow) throws(StorageError) {
        self.id = try row.identifier("id")
        self.contract = try row.identifier("contract_id")
        self.name = try row.text("name")
        guard let type = Kind(rawValue: try row.text("type")) else {
            throw StorageError(.corrupt, "workspace.type holds an unknown word")
        }
        self.type = type
    }
}

/// The tables `workspace` and `workspace_member`.
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
            SELECT workspace.contract_id, workspace.name AS workspace_name, workspace.type,
                workspace_member.roles AS workspace_roles
            FROM workspace LEFT JOIN workspace_member
            ON workspace_member.workspace_id = workspace.id AND workspace_member.user_id = ?
            WHERE workspace.id = ?
            """, [user, workspace])
        guard let row else { return nil }
        let id: ContractID = try row.identifier("contract_id")
        guard let (contract, roles) = try ContractStore.find(id, for: user, in: transaction),
            let type = WorkspaceRow.Kind(rawValue: try row.text("type"))
        else { throw StorageError(.corrupt, "a workspace without contract or type") }
        return Standing(
            workspace: WorkspaceRow(
                id: workspace, contract: id, name: try row.text("workspace_name"), type: type),
            contract: contract, contractRoles: roles,
            workspaceRoles: try row.optionalText("workspace_roles").map(RoleText.names))
    }

    static func insert(
        _ workspace: WorkspaceRow, by user: UserID, at now: Int64,
        in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            INSERT INTO workspace (id, contract_id, name, type, created_by, created_at)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                workspace.id, workspace.contract, workspace.name, workspace.type.rawValue, user,
                now,
            ])
    }

    static func insertMember(
        _ member: MemberStore.Member, into workspace: WorkspaceID, of contract: ContractID,
        at now: Int64, in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            """
            INSERT INTO workspace_member (workspace_id, user_id, contract_id, roles, added_at)
            VALUES (?, ?, ?, ?, ?) ON CONFLICT (workspace_id, user_id) DO NOTHING
            """, [workspace, member.user, contract, RoleText.text(member.roles), now])
    }

    static func members(
        of workspace: WorkspaceID, max: Int, in transaction: any ReadTransaction
    ) throws(StorageError) -> [MemberStore.Member] {
        var members: [MemberStore.Member] = []
        for row in try transaction.rows(
            """
            SELECT user_id, roles FROM workspace_member WHERE workspace_id = ?
            ORDER BY user_id LIMIT ?
            """, [workspace, max])
        {
            members.append(try MemberStore.Member(row))
        }
        return members
    }

    /// Takes a user out of all workspaces of a contract.
    static func deleteMember(
        _ user: UserID, of contract: ContractID, in transaction: any WriteTransaction
    ) throws(StorageError) {
        try transaction.execute(
            "DELETE FROM workspace_member WHERE contract_id = ? AND user_id = ?",
            [contract, user])
    }

    /// Which workspaces a list shows.
    struct Filter {
        /// Whose: those a user is a member of; `nil` for all there are.
        var user: UserID?
        /// Only those of this contract.
        var contract: ContractID?
        /// Only those of contracts of this tenant.
        var tenant: TenantID

        /// The rest of the statement after its columns, with its arguments.
        var sql: (text: String, arguments: [any SQLConvertible]) {
            var text = "FROM workspace JOIN contract ON contract.id = workspace.contract_id"
            var conditions = ["contract.tenant_id = ?"]
            var arguments: [any SQLConvertible] = [self.tenant]
            if let user = self.user {
                text += " JOIN workspace_member ON workspace_member.workspace_id = workspace.id"
                conditions.append("workspace_member.user_id = ?")
                arguments.append(user)
            }
            if let contract = self.contract {
                conditions.append("workspace.contract_id = ?")
                arguments.append(contract)
            }
            return (text + " WHERE " + conditions.joined(separator: " AND "), arguments)
        }
    }

    /// A page of workspaces with their number, in the order they were made.
    static func page(
        _ filter: Filter, _ page: Page, in transaction: any ReadTransaction
    ) throws(StorageError) -> (workspaces: [WorkspaceRow], total: Int) {
        let (text, arguments) = filter.sql
        var workspaces: [WorkspaceRow] = []
        for row in try transaction.rows(
            "SELECT \(WorkspaceRow.columns) \(text) ORDER BY workspace.id LIMIT ? OFFSET ?",
            arguments + [page.size, page.offset])
        {
            workspaces.append(try WorkspaceRow(row))
        }
        let total = try transaction.row("SELECT COUNT(*) AS found \(text)", arguments)
        return (workspaces, try total?.int("found") ?? 0)
    }
}
