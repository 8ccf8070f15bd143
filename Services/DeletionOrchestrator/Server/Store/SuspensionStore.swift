import ContractLifecycle
import DeletionOrchestratorDomain
import Identifiers
import Storage

/// Suspensions: at most one row a contract, the newest.
///
/// The row of one that has ended stays as the memory of its epoch until a deletion takes its place.
enum SuspensionStore {
    private static let columns = """
        contract_id, operation_id, tenant_id, epoch, since, reason, digest, lift_at, state,
        attempts, next_attempt_at, waiting_for, waiting_since
        """

    /// Records a suspension in place of an earlier one.
    static func replace(
        _ job: SuspensionJob, digest: [UInt8], in transaction: any WriteTransaction
    ) throws {
        let command = job.command
        try Self.remove(command.contract, in: transaction)
        try transaction.execute(
            """
            INSERT INTO suspension_job
                (contract_id, operation_id, tenant_id, epoch, since, reason, digest, lift_at,
                state, attempts, next_attempt_at, waiting_for, waiting_since)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, NULL, 0)
            """,
            [
                command.contract.text, job.operation.text, command.tenant.text, command.epoch,
                command.since, command.reason, digest, job.until, job.state.rawValue,
            ])
    }

    /// Forgets a contract's suspension.
    static func remove(_ contract: ContractID, in transaction: any WriteTransaction) throws {
        try transaction.execute(
            "DELETE FROM suspension_job WHERE contract_id = ?", [contract.text])
    }

    /// Saves how far a suspension is.
    static func save(_ job: SuspensionJob, in transaction: any WriteTransaction) throws {
        try transaction.execute(
            """
            UPDATE suspension_job SET state = ?, attempts = ?, next_attempt_at = ?,
                waiting_for = ?, waiting_since = ?
            WHERE operation_id = ?
            """,
            [
                job.state.rawValue, job.waiting.attempts, job.waiting.until,
                job.waiting.reason?.text, job.waiting.since, job.operation.text,
            ])
    }

    /// A suspension; `nil` when there is none, or a newer one of its contract.
    static func load(
        _ operation: OperationID, in transaction: any ReadTransaction
    ) throws -> SuspensionJob? {
        let row = try transaction.row(
            "SELECT \(Self.columns) FROM suspension_job WHERE operation_id = ?",
            [operation.text])
        return try row.map { row in
            let command = LifecycleCommand(
                contract: try row.identifier("contract_id"),
                tenant: try row.identifier("tenant_id"), epoch: try row.int64("epoch"),
                state: .suspending, operation: operation,
                reason: try row.optionalText("reason"), since: try row.int64("since"))
            return SuspensionJob(
                command, operation: operation, until: try row.optionalInt64("lift_at"),
                state: try row.word("state"), waiting: try row.waiting())
        }
    }

    /// What the newest suspension of a contract remembers of its command.
    static func gate(
        of contract: ContractID, in transaction: any ReadTransaction
    ) throws -> ContractGate? {
        let row = try transaction.row(
            "SELECT \(Self.columns) FROM suspension_job WHERE contract_id = ?", [contract.text])
        return try row.map { row in
            ContractGate(
                epoch: try row.int64("epoch"), state: .suspending,
                operation: try row.identifier("operation_id"), digest: try row.blob("digest"),
                reason: try row.optionalText("reason"), since: try row.int64("since"))
        }
    }

    /// The unfinished suspensions whose time has come, most overdue first.
    static func due(
        at now: Int64, max: Int, in transaction: any ReadTransaction
    ) throws -> [OperationID] {
        try transaction.rows(
            """
            SELECT operation_id FROM suspension_job
            WHERE state <> 'ended' AND next_attempt_at <= ? ORDER BY next_attempt_at LIMIT ?
            """, [now, max]
        ).map { try $0.identifier("operation_id") }
    }

    /// When the next unfinished suspension's time comes.
    static func nextTime(
        after now: Int64, in transaction: any ReadTransaction
    ) throws -> Int64? {
        try transaction.row(
            """
            SELECT next_attempt_at FROM suspension_job
            WHERE state <> 'ended' AND next_attempt_at > ? ORDER BY next_attempt_at LIMIT 1
            """, [now]
        )?.int64("next_attempt_at")
    }
}
