import Identifiers
import Storage

/// A message that waits to be carried through its flow.
struct MessageRow: Hashable, Sendable {
    /// Its place in the order of all messages.
    var sequence: Int64
    var execution: ExecutionID
    var flow: FlowID
    var contract: ContractID
    var content: String
    /// The number of the attempt that comes next, from 1.
    var attempt: Int
    /// Not to be carried before, in milliseconds since 1970.
    var dueAt: Int64

    static let columns = "seq, execution_id, flow_id, contract_id, content, attempt, due_at"
}

extension MessageRow {
    init(_ row: SQLRow) throws(StorageError) {
        self.init(
            sequence: try row.int64("seq"), execution: try row.identifier("execution_id"),
            flow: try row.identifier("flow_id"), contract: try row.identifier("contract_id"),
            content: try row.text("content"), attempt: try row.int("attempt"),
            dueAt: try row.int64("due_at"))
    }
}

/// The table `message`, a queue for each flow; the count and bytes in `flow` follow it.
enum MessageStore {
    /// Appends a message to its flow's queue.
    static func append(
        _ content: String, execution: ExecutionID, flow: FlowID, contract: ContractID,
        at now: Int64, in transaction: any WriteTransaction
    ) throws {
        let bytes = content.utf8.count
        try transaction.execute(
            """
            INSERT INTO message
                (execution_id, flow_id, contract_id, content, bytes, attempt, due_at)
            VALUES (?, ?, ?, ?, ?, 1, ?)
            """, [execution.text, flow.text, contract.text, content, bytes, now])
        try FlowStore.addToQueue(flow, messages: 1, bytes: bytes, in: transaction)
    }

    static func message(
        of execution: ExecutionID, in transaction: any ReadTransaction
    ) throws -> MessageRow? {
        try transaction.row(
            "SELECT \(MessageRow.columns) FROM message WHERE execution_id = ?", [execution.text]
        ).map { try MessageRow($0) }
    }

    /// The messages of a flow behind a place in the order.
    static func messages(
        of flow: FlowID, after sequence: Int64, limit: Int, in transaction: any ReadTransaction
    ) throws -> [MessageRow] {
        try transaction.rows(
            """
            SELECT \(MessageRow.columns) FROM message WHERE flow_id = ? AND seq > ?
            ORDER BY seq LIMIT ?
            """, [flow.text, sequence, limit]
        ).map { try MessageRow($0) }
    }

    /// Keeps a message for another attempt.
    static func postpone(
        _ message: MessageRow, until due: Int64, in transaction: any WriteTransaction
    ) throws {
        try transaction.execute(
            "UPDATE message SET attempt = ?, due_at = ? WHERE seq = ?",
            [message.attempt + 1, due, message.sequence])
    }

    static func remove(_ message: MessageRow, in transaction: any WriteTransaction) throws {
        try transaction.execute("DELETE FROM message WHERE seq = ?", [message.sequence])
        try FlowStore.addToQueue(
            message.flow, messages: -1, bytes: -message.content.utf8.count, in: transaction)
    }
}
