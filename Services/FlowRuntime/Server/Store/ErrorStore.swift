import FlowRuntimeAPI
import FlowRuntimeDomain
import Identifiers
import Storage

/// A failure that people should look at.
struct FlowErrorRow: Hashable, Sendable {
    var id: FlowErrorID
    var flow: FlowID
    var contract: ContractID
    /// The execution that failed; `nil` when the flow itself can not run.
    var execution: ExecutionID?
    var step: String
    var code: String
    var message: String
    /// The message that was being carried, for carrying it again.
    var content: String?
    var attempts: Int
    var occurredAt: Int64

    static let columns = """
        id, flow_id, contract_id, execution_id, step, code, message, content, attempts,
        occurred_at
        """

    /// The same without the message, which lists do not show and which may be long.
    static let summaryColumns = """
        id, flow_id, contract_id, execution_id, step, code, message, NULL AS content, attempts,
        occurred_at
        """
}

extension FlowErrorRow {
    init(_ row: SQLRow) throws(StorageError) {
        self.init(
            id: try row.identifier("id"), flow: try row.identifier("flow_id"),
            contract: try row.identifier("contract_id"),
            execution: try row.optionalIdentifier("execution_id"), step: try row.text("step"),
            code: try row.text("code"), message: try row.text("message"),
            content: try row.optionalText("content"), attempts: try row.int("attempts"),
            occurredAt: try row.int64("occurred_at"))
    }
}

/// The table `flow_error`.
enum ErrorStore {
    /// Stores an error and lets the oldest go beyond ``FlowLimits/errorsKeptMax``.
    static func insert(_ error: FlowErrorRow, in transaction: any WriteTransaction) throws {
        try transaction.execute(
            """
            INSERT INTO flow_error (id, flow_id, contract_id, execution_id, step, code, message,
                content, attempts, occurred_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                error.id.text, error.flow.text, error.contract.text, error.execution?.text,
                error.step, error.code, error.message, error.content, error.attempts,
                error.occurredAt,
            ])
        try transaction.execute(
            """
            DELETE FROM flow_error WHERE id IN (
                SELECT id FROM flow_error WHERE flow_id = ?
                ORDER BY occurred_at DESC, id DESC LIMIT 100 OFFSET ?)
            """, [error.flow.text, FlowLimits.errorsKeptMax])
    }

    static func error(
        _ id: FlowErrorID, in transaction: any ReadTransaction
    ) throws -> FlowErrorRow? {
        try transaction.row(
            "SELECT \(FlowErrorRow.columns) FROM flow_error WHERE id = ?", [id.text]
        ).map { try FlowErrorRow($0) }
    }

    /// A page of a flow's errors, newest first.
    static func errors(
        of flow: FlowID, limit: Int, offset: Int, in transaction: any ReadTransaction
    ) throws -> [FlowErrorRow] {
        try transaction.rows(
            """
            SELECT \(FlowErrorRow.summaryColumns) FROM flow_error WHERE flow_id = ?
            ORDER BY occurred_at DESC, id DESC LIMIT ? OFFSET ?
            """, [flow.text, limit, offset]
        ).map { try FlowErrorRow($0) }
    }

    static func count(of flow: FlowID, in transaction: any ReadTransaction) throws -> Int {
        try transaction.row(
            "SELECT COUNT(*) AS found FROM flow_error WHERE flow_id = ?", [flow.text]
        )?.int("found") ?? 0
    }

    static func remove(_ error: FlowErrorID, in transaction: any WriteTransaction) throws {
        try transaction.execute("DELETE FROM flow_error WHERE id = ?", [error.text])
    }
}
