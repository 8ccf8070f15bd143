import ContractParticipant
import Identifiers
import Storage

/// What a contract has here, in the order it is erased.
enum FlowPurge {
    /// Children before parents.
    static let kinds: [PurgeKind] = [
        PurgeKind(
            "execution_steps", table: "execution_step", key: ["execution_id", "position"]),
        PurgeKind("queued_messages", table: "message", key: ["seq"]),
        PurgeKind("executions", table: "execution"),
        PurgeKind("errors", table: "flow_error"),
        PurgeKind(
            "component_uses", table: "component_use",
            key: ["flow_id", "flow_version", "version_id"]),
        PurgeKind("flow_versions", table: "flow_version", key: ["flow_id", "number"]),
        PurgeKind("flows", table: "flow"),
        PurgeKind("closed_workspaces", table: "closed_workspace", key: ["workspace_id"]),
        PurgeKind("component_files", table: "component_file", key: ["version_id", "position"]),
        PurgeKind("component_versions", table: "component_version"),
        PurgeKind("components", table: "component"),
        PurgeKind("closed_teams", table: "closed_team", key: ["team_id"]),
    ]

    /// Tables that name contracts and are no kind, each with why.
    static let exceptions: [String: String] = [
        "contract_gate": "the gate, and the tombstone once the contract is deleted",
        "worker": "no row is left when the drained attestation is given, before any purge",
        "worker_stop": "evidence for the attestation; goes when the contract becomes deleted",
    ]

    /// Erases a bit of a deleted flow; whether anything of it may be left.
    static func eraseSome(
        of flow: FlowID, rowsMax: Int, in transaction: any WriteTransaction
    ) throws -> Bool {
        // First, so that the flow soon stands against nobody's deletion.
        let uses = try transaction.execute(
            """
            DELETE FROM component_use WHERE (flow_id, flow_version, version_id) IN (
                SELECT flow_id, flow_version, version_id FROM component_use
                WHERE flow_id = ? LIMIT ?)
            """, [flow.text, rowsMax])
        if uses > 0 { return true }
        for (table, key) in [
            ("message", "seq"), ("flow_error", "id"),
        ] {
            let deleted = try transaction.execute(
                """
                DELETE FROM \(table) WHERE \(key) IN
                    (SELECT \(key) FROM \(table) WHERE flow_id = ? LIMIT ?)
                """, [flow.text, rowsMax])
            if deleted > 0 { return true }
        }
        return try self.eraseExecutions(of: flow, rowsMax: rowsMax, in: transaction)
    }

    private static func eraseExecutions(
        of flow: FlowID, rowsMax: Int, in transaction: any WriteTransaction
    ) throws -> Bool {
        let steps = try transaction.execute(
            """
            DELETE FROM execution_step WHERE (execution_id, position) IN (
                SELECT execution_step.execution_id, execution_step.position
                FROM execution JOIN execution_step ON execution_step.execution_id = execution.id
                WHERE execution.flow_id = ? LIMIT ?)
            """, [flow.text, rowsMax])
        if steps > 0 { return true }
        let executions = try transaction.execute(
            """
            DELETE FROM execution WHERE id IN
                (SELECT id FROM execution WHERE flow_id = ? LIMIT ?)
            """, [flow.text, rowsMax])
        if executions > 0 { return true }
        try transaction.execute("DELETE FROM flow_version WHERE flow_id = ?", [flow.text])
        try transaction.execute("DELETE FROM flow WHERE id = ?", [flow.text])
        return false
    }
}
