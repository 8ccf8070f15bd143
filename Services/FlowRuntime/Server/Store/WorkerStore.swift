import FlowRuntimeDomain
import Identifiers
import Storage

/// A worker as stored.
struct WorkerRow: Hashable, Sendable {
    var id: WorkerID
    var flow: FlowID
    var contract: ContractID
    /// The contract's epoch when the worker was made.
    var epoch: Int64
    var state: WorkerState
    /// SHA-256 of the token in its pass.
    var tokenHash: [UInt8]
    /// The start of the runtime that made it.
    var fence: Int64
    /// Its process, once there is one.
    var process: ProcessMark?
    var cgroup: String?
    var createdAt: Int64

    static let columns = """
        id, flow_id, contract_id, epoch, state, token_hash, fence, boot_id, pid, started_ticks,
        cgroup, created_at
        """
}

extension WorkerRow {
    init(_ row: SQLRow) throws(StorageError) {
        let boot = try row.optionalText("boot_id")
        self.init(
            id: try row.identifier("id"), flow: try row.identifier("flow_id"),
            contract: try row.identifier("contract_id"), epoch: try row.int64("epoch"),
            state: try row.word("state"), tokenHash: try row.blob("token_hash"),
            fence: try row.int64("fence"),
            process: try boot.map { boot throws(StorageError) in
                ProcessMark(
                    boot: boot, pid: Int32(clamping: try row.int64("pid")),
                    startedTicks: UInt64(clamping: try row.int64("started_ticks")))
            },
            cgroup: try row.optionalText("cgroup"), createdAt: try row.int64("created_at"))
    }
}

/// The tables `worker` and `worker_stop`.
enum WorkerStore {
    static func insert(_ worker: WorkerRow, in transaction: any WriteTransaction) throws {
        try transaction.execute(
            """
            INSERT INTO worker (id, flow_id, contract_id, epoch, state, token_hash, fence,
                boot_id, pid, started_ticks, cgroup, created_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL, ?, ?)
            """,
            [
                worker.id.text, worker.flow.text, worker.contract.text, worker.epoch,
                worker.state.rawValue, worker.tokenHash, worker.fence, worker.cgroup,
                worker.createdAt,
            ])
    }

    static func worker(
        _ id: WorkerID, in transaction: any ReadTransaction
    ) throws -> WorkerRow? {
        try transaction.row(
            "SELECT \(WorkerRow.columns) FROM worker WHERE id = ?", [id.text]
        ).map { try WorkerRow($0) }
    }

    /// The workers of a contract.
    static func workers(
        of contract: ContractID, in transaction: any ReadTransaction
    ) throws -> [WorkerRow] {
        try transaction.rows(
            "SELECT \(WorkerRow.columns) FROM worker WHERE contract_id = ?", [contract.text]
        ).map { try WorkerRow($0) }
    }

    /// The flows of a workspace that have a worker.
    static func flows(
        in workspace: WorkspaceID, _ transaction: any ReadTransaction
    ) throws -> [FlowID] {
        try transaction.rows(
            """
            SELECT worker.flow_id FROM flow JOIN worker ON worker.flow_id = flow.id
            WHERE flow.workspace_id = ? AND flow.deleted_at IS NULL
            """, [workspace.text]
        ).map { try $0.identifier("flow_id") }
    }

    /// The workers there were when the runtime began: one a running flow.
    static func leftOver(
        before fence: Int64, in transaction: any ReadTransaction
    ) throws -> [WorkerRow] {
        try transaction.rows(
            "SELECT \(WorkerRow.columns) FROM worker WHERE fence < ?", [fence]
        ).map { try WorkerRow($0) }
    }

    /// Notes the process of a worker that may now be told to work; whether it still may.
    static func setRunning(
        _ worker: WorkerID, as process: ProcessMark, in transaction: any WriteTransaction
    ) throws -> Bool {
        try transaction.execute(
            """
            UPDATE worker SET state = 'running', boot_id = ?, pid = ?, started_ticks = ?
            WHERE id = ? AND state = 'intent'
            """,
            [
                process.boot, Int64(process.pid), Int64(clamping: process.startedTicks),
                worker.text,
            ]) == 1
    }

    static func setStopping(_ worker: WorkerID, in transaction: any WriteTransaction) throws {
        try transaction.execute(
            "UPDATE worker SET state = 'stopping' WHERE id = ?", [worker.text])
    }

    static func setStopping(
        all contract: ContractID, in transaction: any WriteTransaction
    ) throws {
        try transaction.execute(
            "UPDATE worker SET state = 'stopping' WHERE contract_id = ?", [contract.text])
    }

    /// Forgets a worker whose process is gone; whether it was known.
    static func remove(_ worker: WorkerID, in transaction: any WriteTransaction) throws -> Bool {
        try transaction.execute("DELETE FROM worker WHERE id = ?", [worker.text]) == 1
    }
}

extension WorkerStore {
    /// Counts a worker that ended while a suspension or deletion was in force.
    static func countStop(
        of contract: ContractID, by operation: OperationID, in transaction: any WriteTransaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO worker_stop (contract_id, operation_id, stopped) VALUES (?, ?, 1)
            ON CONFLICT (contract_id) DO UPDATE SET
                stopped = CASE WHEN worker_stop.operation_id = excluded.operation_id
                    THEN worker_stop.stopped + 1 ELSE 1 END,
                operation_id = excluded.operation_id
            """, [contract.text, operation.text])
    }

    /// How many workers of a contract an operation has ended.
    static func stopped(
        of contract: ContractID, by operation: OperationID, in transaction: any ReadTransaction
    ) throws -> Int {
        try transaction.row(
            "SELECT stopped FROM worker_stop WHERE contract_id = ? AND operation_id = ?",
            [contract.text, operation.text]
        )?.int("stopped") ?? 0
    }

    static func forgetStops(
        of contract: ContractID, in transaction: any WriteTransaction
    ) throws {
        try transaction.execute(
            "DELETE FROM worker_stop WHERE contract_id = ?", [contract.text])
    }
}
