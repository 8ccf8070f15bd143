import FlowRuntimeDomain
import Identifiers
import Storage

/// The tables `flow` and `flow_version`; deleted flows that are still being erased are not seen.
enum FlowStore {
    static func flow(_ id: FlowID, in transaction: any ReadTransaction) throws -> FlowRow? {
        try transaction.row(
            """
            SELECT \(FlowRow.columns) FROM flow LEFT JOIN worker ON worker.flow_id = flow.id
            WHERE flow.id = ? AND flow.deleted_at IS NULL
            """, [id.text]
        ).map { try FlowRow($0) }
    }

    /// A page of a workspace's flows, oldest first.
    static func flows(
        of workspace: WorkspaceID, status: DesiredStatus?, limit: Int, offset: Int,
        in transaction: any ReadTransaction
    ) throws -> [FlowRow] {
        let filter = status == nil ? "" : "AND flow.status = ?"
        var arguments: [any SQLConvertible] = [workspace.text]
        if let status { arguments.append(status.rawValue) }
        return try transaction.rows(
            """
            SELECT \(FlowRow.columns) FROM flow LEFT JOIN worker ON worker.flow_id = flow.id
            WHERE flow.workspace_id = ? AND flow.deleted_at IS NULL \(filter)
            ORDER BY flow.created_at, flow.id LIMIT ? OFFSET ?
            """, arguments + [limit, offset]
        ).map { try FlowRow($0) }
    }

    static func count(
        of workspace: WorkspaceID, status: DesiredStatus?, in transaction: any ReadTransaction
    ) throws -> Int {
        let filter = status == nil ? "" : "AND status = ?"
        var arguments: [any SQLConvertible] = [workspace.text]
        if let status { arguments.append(status.rawValue) }
        return try transaction.row(
            """
            SELECT COUNT(*) AS found FROM flow
            WHERE workspace_id = ? AND deleted_at IS NULL \(filter)
            """, arguments)?.int("found") ?? 0
    }

    static func insert(_ flow: FlowRow, in transaction: any WriteTransaction) throws {
        try transaction.execute(
            """
            INSERT INTO flow (id, contract_id, workspace_id, user_id, name, description, type,
                status, version, hook_auth, hook_key_hash, queued, queued_bytes, last_start_at,
                deleted_at, created_at, updated_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, NULL, NULL, ?, ?)
            """,
            [
                flow.id.text, flow.contract.text, flow.workspace.text, flow.user.text, flow.name,
                flow.description, flow.kind.rawValue, flow.status.rawValue, flow.version,
                flow.hookAuthentication.rawValue, flow.hookKeyHash, flow.createdAt,
                flow.updatedAt,
            ])
    }

    /// Saves what people may change of a flow.
    static func update(_ flow: FlowRow, in transaction: any WriteTransaction) throws {
        try transaction.execute(
            """
            UPDATE flow SET name = ?, description = ?, type = ?, version = ?, hook_auth = ?,
                hook_key_hash = ?, updated_at = ?
            WHERE id = ?
            """,
            [
                flow.name, flow.description, flow.kind.rawValue, flow.version,
                flow.hookAuthentication.rawValue, flow.hookKeyHash, flow.updatedAt, flow.id.text,
            ])
    }

    static func activate(
        _ flow: FlowID, at now: Int64, in transaction: any WriteTransaction
    ) throws {
        try transaction.execute(
            "UPDATE flow SET status = 'active', last_start_at = ? WHERE id = ?", [now, flow.text])
    }

    static func deactivate(_ flow: FlowID, in transaction: any WriteTransaction) throws {
        try transaction.execute(
            "UPDATE flow SET status = 'inactive' WHERE id = ?", [flow.text])
    }

    /// Deactivates every flow of a contract, and remembers which it was.
    static func deactivate(
        all contract: ContractID, by operation: OperationID?, in transaction: any WriteTransaction
    ) throws {
        try transaction.execute(
            """
            UPDATE flow SET status = 'inactive', stopped_by = ?
            WHERE contract_id = ? AND status = 'active'
            """, [operation?.text, contract.text])
    }

    /// Activates exactly the flows that a suspension stopped and that are still there.
    static func activate(
        all contract: ContractID, stoppedBy operation: OperationID, at now: Int64,
        in transaction: any WriteTransaction
    ) throws {
        try transaction.execute(
            """
            UPDATE flow SET status = 'active', last_start_at = ?
            WHERE contract_id = ? AND status = 'inactive' AND stopped_by = ?
                AND deleted_at IS NULL
            """, [now, contract.text, operation.text])
    }

    /// Forgets which flows a suspension stopped.
    static func forgetStops(
        of contract: ContractID, in transaction: any WriteTransaction
    ) throws {
        try transaction.execute(
            "UPDATE flow SET stopped_by = NULL WHERE contract_id = ? AND stopped_by IS NOT NULL",
            [contract.text])
    }

    /// The flows of a contract that are meant to run.
    static func active(
        of contract: ContractID, in transaction: any ReadTransaction
    ) throws -> [FlowID] {
        try transaction.rows(
            "SELECT id FROM flow WHERE contract_id = ? AND status = 'active'", [contract.text]
        ).map { try $0.identifier("id") }
    }

    /// Every flow that is meant to run.
    static func active(in transaction: any ReadTransaction) throws -> [FlowID] {
        try transaction.rows("SELECT id FROM flow WHERE status = 'active'").map {
            try $0.identifier("id")
        }
    }

    /// Hides a flow, whose rows are then erased bit by bit.
    static func delete(
        _ flow: FlowID, at now: Int64, in transaction: any WriteTransaction
    ) throws {
        try transaction.execute(
            "UPDATE flow SET deleted_at = ? WHERE id = ?", [now, flow.text])
    }

    /// Hides every flow of a workspace, whether it is meant to run or not; how many.
    static func delete(
        all workspace: WorkspaceID, at now: Int64, in transaction: any WriteTransaction
    ) throws -> Int {
        try transaction.execute(
            """
            UPDATE flow SET status = 'inactive', deleted_at = ?
            WHERE workspace_id = ? AND deleted_at IS NULL
            """, [now, workspace.text])
    }

    /// A deleted flow whose rows are still there and whose worker has ended.
    static func deleted(in transaction: any ReadTransaction) throws -> FlowID? {
        try transaction.row(
            """
            SELECT id FROM flow WHERE deleted_at IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM worker WHERE worker.flow_id = flow.id)
            ORDER BY deleted_at, id LIMIT 1
            """
        )?.identifier("id")
    }

    /// Whether any deleted flow is still there.
    static func hasDeleted(in transaction: any ReadTransaction) throws -> Bool {
        try transaction.row("SELECT id FROM flow WHERE deleted_at IS NOT NULL LIMIT 1") != nil
    }

    /// Counts a message in or out of a flow's queue.
    static func addToQueue(
        _ flow: FlowID, messages: Int, bytes: Int, in transaction: any WriteTransaction
    ) throws {
        try transaction.execute(
            """
            UPDATE flow SET queued = queued + ?, queued_bytes = queued_bytes + ? WHERE id = ?
            """, [messages, bytes, flow.text])
    }
}

extension FlowStore {
    static func insertVersion(
        _ number: Int, of flow: FlowRow, graph: String, by user: UserID, at now: Int64,
        in transaction: any WriteTransaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO flow_version (flow_id, number, contract_id, user_id, graph, created_at)
            VALUES (?, ?, ?, ?, ?, ?)
            """, [flow.id.text, number, flow.contract.text, user.text, graph, now])
    }

    /// The graph of a version, as JSON text.
    static func graph(
        of flow: FlowID, version: Int, in transaction: any ReadTransaction
    ) throws -> String {
        let row = try transaction.row(
            "SELECT graph FROM flow_version WHERE flow_id = ? AND number = ?",
            [flow.text, version])
        guard let row else { throw StorageError(.corrupt, "a flow has no version") }
        return try row.text("graph")
    }
}
