import FlowRuntimeDomain
import Identifiers
import Storage

/// A flow as stored, with the state of its worker.
struct FlowRow: Hashable, Sendable {
    /// How a flow is meant to be run.
    enum Kind: String, CaseIterable, Hashable, Sendable {
        case ordinary
        case longRunning = "long_running"
    }

    var id: FlowID
    var contract: ContractID
    var workspace: WorkspaceID
    var user: UserID
    var name: String
    var description: String?
    var kind: Kind
    var status: DesiredStatus
    var version: Int
    var hookAuthentication: HookAuthentication
    var hookKeyHash: [UInt8]?
    var queued: Int
    var queuedBytes: Int64
    var lastStartAt: Int64?
    var createdAt: Int64
    var updatedAt: Int64
    /// The state of its worker; `nil` when there is none.
    var worker: WorkerState?

    /// What may be done with the flow.
    var condition: FlowCondition { FlowCondition(desired: self.status, worker: self.worker) }

    /// The columns, for a statement that reads `flow` joined with `worker`.
    static let columns = """
        flow.id AS id, flow.contract_id AS contract_id, flow.workspace_id AS workspace_id,
        flow.user_id AS user_id, flow.name AS name, flow.description AS description,
        flow.type AS type, flow.status AS status, flow.version AS version,
        flow.hook_auth AS hook_auth, flow.hook_key_hash AS hook_key_hash, flow.queued AS queued,
        flow.queued_bytes AS queued_bytes, flow.last_start_at AS last_start_at,
        flow.created_at AS created_at, flow.updated_at AS updated_at,
        worker.state AS worker_state
        """
}

extension FlowRow {
    init(_ row: SQLRow) throws(StorageError) {
        self.init(
            id: try row.identifier("id"), contract: try row.identifier("contract_id"),
            workspace: try row.identifier("workspace_id"), user: try row.identifier("user_id"),
            name: try row.text("name"), description: try row.optionalText("description"),
            kind: try row.word("type"), status: try row.word("status"),
            version: try row.int("version"), hookAuthentication: try row.word("hook_auth"),
            hookKeyHash: try row.optionalBlob("hook_key_hash"), queued: try row.int("queued"),
            queuedBytes: try row.int64("queued_bytes"),
            lastStartAt: try row.optionalInt64("last_start_at"),
            createdAt: try row.int64("created_at"), updatedAt: try row.int64("updated_at"),
            worker: try row.optionalText("worker_state").flatMap(WorkerState.init(rawValue:)))
    }
}
