import ContractLifecycle
import DeletionOrchestratorDomain
import Identifiers
import Storage

extension DeletionStore {
    static let columns = """
        operation_id, contract_id, tenant_id, epoch, since, reason, digest, requested_by,
        requested_at, plan_version, state, cursor, workers_remaining, workers_stopped, attempts,
        next_attempt_at, waiting_for, waiting_since, progress_at
        """

    /// A deletion; `nil` when there is none.
    static func load(
        _ operation: OperationID, in transaction: any ReadTransaction
    ) throws -> DeletionJob? {
        let row = try transaction.row(
            "SELECT \(self.columns) FROM deletion_job WHERE operation_id = ?", [operation.text])
        return try row.map { try self.job($0, in: transaction) }
    }

    /// What the deletion of a contract remembers of its command; `nil` when there is none.
    static func gate(
        of contract: ContractID, in transaction: any ReadTransaction
    ) throws -> ContractGate? {
        let row = try transaction.row(
            "SELECT \(self.columns) FROM deletion_job WHERE contract_id = ?", [contract.text])
        guard let row else { return nil }
        let state: DeletionState = try row.word("state")
        return ContractGate(
            epoch: try row.int64("epoch"), state: state == .done ? .deleted : .deleting,
            operation: try row.identifier("operation_id"), digest: try row.blob("digest"),
            reason: try row.optionalText("reason"), since: try row.int64("since"))
    }

    /// A page of a tenant's deletions, newest first, and how many there are in all.
    static func page(
        of tenant: TenantID, contract: ContractID?, limit: Int, offset: Int,
        in transaction: any ReadTransaction
    ) throws -> (jobs: [DeletionJob], total: Int) {
        let condition = contract == nil ? "tenant_id = ?" : "tenant_id = ? AND contract_id = ?"
        let arguments: [any SQLConvertible] = [tenant.text] + (contract.map { [$0.text] } ?? [])
        let total = try transaction.row(
            "SELECT COUNT(*) AS found FROM deletion_job WHERE \(condition)", arguments)
        let rows = try transaction.rows(
            """
            SELECT \(self.columns) FROM deletion_job WHERE \(condition)
            ORDER BY operation_id DESC LIMIT ? OFFSET ?
            """, arguments + [limit, offset])
        return (try rows.map { try self.job($0, in: transaction) }, try total?.int("found") ?? 0)
    }

    /// The unfinished deletions whose time has come, most overdue first.
    static func due(
        at now: Int64, max: Int, in transaction: any ReadTransaction
    ) throws -> [OperationID] {
        try transaction.rows(
            """
            SELECT operation_id FROM deletion_job WHERE state <> 'done' AND next_attempt_at <= ?
            ORDER BY next_attempt_at LIMIT ?
            """, [now, max]
        ).map { try $0.identifier("operation_id") }
    }

    /// When the next unfinished deletion's time comes.
    static func nextTime(
        after now: Int64, in transaction: any ReadTransaction
    ) throws -> Int64? {
        try transaction.row(
            """
            SELECT next_attempt_at FROM deletion_job WHERE state <> 'done' AND next_attempt_at > ?
            ORDER BY next_attempt_at LIMIT 1
            """, [now]
        )?.int64("next_attempt_at")
    }

    /// The marks of the users released so far, in alphabetical order.
    static func marks(
        of operation: OperationID, in transaction: any ReadTransaction
    ) throws -> [String] {
        try transaction.rows(
            "SELECT mark FROM released_user WHERE operation_id = ? ORDER BY mark",
            [operation.text]
        ).map { try $0.text("mark") }
    }

    private static func job(
        _ row: SQLRow, in transaction: any ReadTransaction
    ) throws -> DeletionJob {
        let operation: OperationID = try row.identifier("operation_id")
        let command = LifecycleCommand(
            contract: try row.identifier("contract_id"), tenant: try row.identifier("tenant_id"),
            epoch: try row.int64("epoch"), state: .deleting, operation: operation,
            reason: try row.optionalText("reason"), since: try row.int64("since"))
        var job = DeletionJob(
            command, operation: operation, requestedBy: try row.identifier("requested_by"),
            requestedAt: try row.int64("requested_at"), planVersion: try row.int("plan_version"),
            state: try row.word("state"), progressAt: try row.int64("progress_at"))
        job.cursor = try row.int("cursor")
        job.workersRemaining = try row.optionalInt("workers_remaining")
        job.workersStopped = try row.int("workers_stopped")
        job.waiting = try row.waiting()
        if job.state == .done { return job }
        job.steps = try self.steps(of: operation, in: transaction)
        job.batch = try self.batch(of: operation, in: transaction)
        job.attestation = try self.attestation(of: operation, in: transaction)
        return job
    }

    private static func steps(
        of operation: OperationID, in transaction: any ReadTransaction
    ) throws -> [DeletionStep] {
        try transaction.rows(
            """
            SELECT service, kind, found, deleted, remaining, chunk, is_done, reopened
            FROM deletion_step WHERE operation_id = ? ORDER BY position
            """, [operation.text]
        ).map { row in
            DeletionStep(
                service: try row.word("service"), kind: try row.text("kind"),
                found: try row.int("found"), deleted: try row.int("deleted"),
                remaining: try row.int("remaining"), chunk: try row.int("chunk"),
                isDone: try row.bool("is_done"), reopened: try row.int("reopened"))
        }
    }

    private static func batch(
        of operation: OperationID, in transaction: any ReadTransaction
    ) throws -> UserBatch? {
        let rows = try transaction.rows(
            """
            SELECT user_id, is_released FROM deletion_user WHERE operation_id = ?
            ORDER BY position
            """, [operation.text])
        guard let first = rows.first else { return nil }
        return UserBatch(
            users: try rows.map { try $0.identifier("user_id") },
            isReleased: try first.bool("is_released"))
    }

    private static func attestation(
        of operation: OperationID, in transaction: any ReadTransaction
    ) throws -> Attestation? {
        try transaction.row(
            """
            SELECT stopped, method, instance_fence, attested_at FROM attestation
            WHERE operation_id = ?
            """, [operation.text]
        ).map { row in
            Attestation(
                workers: 0, stopped: try row.int("stopped"), method: try row.text("method"),
                instanceFence: try row.int64("instance_fence"),
                attestedAt: try row.int64("attested_at"))
        }
    }
}
