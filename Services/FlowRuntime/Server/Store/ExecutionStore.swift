import FlowRuntimeAPI
import Identifiers
import Storage

/// How far an execution is.
enum ExecutionState: String, CaseIterable, Hashable, Sendable {
    case queued
    /// It failed and will be tried again after a wait.
    case retrying
    case succeeded
    case failed
}

/// An execution as stored.
struct ExecutionRow: Hashable, Sendable {
    var id: ExecutionID
    var flow: FlowID
    var contract: ContractID
    var version: Int
    var state: ExecutionState
    /// Attempts made so far.
    var attempts: Int
    var receivedAt: Int64
    var finishedAt: Int64?

    static let columns =
        "id, flow_id, contract_id, version, state, attempts, received_at, finished_at"
}

extension ExecutionRow {
    init(_ row: SQLRow) throws(StorageError) {
        self.init(
            id: try row.identifier("id"), flow: try row.identifier("flow_id"),
            contract: try row.identifier("contract_id"), version: try row.int("version"),
            state: try row.word("state"), attempts: try row.int("attempts"),
            receivedAt: try row.int64("received_at"),
            finishedAt: try row.optionalInt64("finished_at"))
    }
}

/// The tables `execution` and `execution_step`.
enum ExecutionStore {
    static func insert(_ execution: ExecutionRow, in transaction: any WriteTransaction) throws {
        try transaction.execute(
            """
            INSERT INTO execution
                (id, flow_id, contract_id, version, state, attempts, received_at, finished_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                execution.id.text, execution.flow.text, execution.contract.text,
                execution.version, execution.state.rawValue, execution.attempts,
                execution.receivedAt, execution.finishedAt,
            ])
    }

    static func execution(
        _ id: ExecutionID, in transaction: any ReadTransaction
    ) throws -> ExecutionRow? {
        try transaction.row(
            "SELECT \(ExecutionRow.columns) FROM execution WHERE id = ?", [id.text]
        ).map { try ExecutionRow($0) }
    }

    /// A page of a flow's executions, newest first.
    static func executions(
        of flow: FlowID, limit: Int, offset: Int, in transaction: any ReadTransaction
    ) throws -> [ExecutionRow] {
        try transaction.rows(
            """
            SELECT \(ExecutionRow.columns) FROM execution WHERE flow_id = ?
            ORDER BY received_at DESC, id DESC LIMIT ? OFFSET ?
            """, [flow.text, limit, offset]
        ).map { try ExecutionRow($0) }
    }

    static func count(of flow: FlowID, in transaction: any ReadTransaction) throws -> Int {
        try transaction.row(
            "SELECT COUNT(*) AS found FROM execution WHERE flow_id = ?", [flow.text]
        )?.int("found") ?? 0
    }

    static func set(
        _ state: ExecutionState, attempts: Int, finishedAt: Int64?, of execution: ExecutionID,
        in transaction: any WriteTransaction
    ) throws {
        try transaction.execute(
            "UPDATE execution SET state = ?, attempts = ?, finished_at = ? WHERE id = ?",
            [state.rawValue, attempts, finishedAt, execution.text])
    }

    /// Puts the steps of the newest attempt in the place of those before.
    static func replaceSteps(
        _ steps: [StepOutcome], of execution: ExecutionID, contract: ContractID,
        in transaction: any WriteTransaction
    ) throws {
        try transaction.execute(
            "DELETE FROM execution_step WHERE execution_id = ?", [execution.text])
        for (position, step) in steps.enumerated() {
            try transaction.execute(
                """
                INSERT INTO execution_step
                    (execution_id, position, contract_id, step, output, is_cut, microseconds)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    execution.text, position, contract.text, step.step, step.output, step.isCut,
                    step.microseconds,
                ])
        }
    }

    static func steps(
        of execution: ExecutionID, in transaction: any ReadTransaction
    ) throws -> [StepOutcome] {
        try transaction.rows(
            """
            SELECT step, output, is_cut, microseconds FROM execution_step
            WHERE execution_id = ? ORDER BY position
            """, [execution.text]
        ).map { row in
            StepOutcome(
                step: try row.text("step"), output: try row.optionalText("output"),
                isCut: try row.bool("is_cut"), microseconds: try row.int64("microseconds"))
        }
    }
}
