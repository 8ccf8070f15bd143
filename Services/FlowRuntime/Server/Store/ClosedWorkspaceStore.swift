import Identifiers
import Storage

/// The table `closed_workspace`: workspaces in which no flow is made any more.
///
/// Whoever was permitted to make a flow a moment before a workspace went looks here in the
/// transaction that makes it.
enum ClosedWorkspaceStore {
    static func insert(
        _ workspace: WorkspaceID, of contract: ContractID, at now: Int64,
        in transaction: any WriteTransaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO closed_workspace (workspace_id, contract_id, closed_at)
            VALUES (?, ?, ?) ON CONFLICT (workspace_id) DO NOTHING
            """, [workspace.text, contract.text, now])
    }

    static func contains(
        _ workspace: WorkspaceID, in transaction: any ReadTransaction
    ) throws -> Bool {
        try transaction.row(
            "SELECT closed_at FROM closed_workspace WHERE workspace_id = ?", [workspace.text])
            != nil
    }
}
