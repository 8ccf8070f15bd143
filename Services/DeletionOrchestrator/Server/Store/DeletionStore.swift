import ContractLifecycle
import DeletionOrchestratorDomain
import Identifiers
import Storage

/// Deletions: the job's row is the queue, and the only copy of how far it is.
struct DeletionStore {
    /// Makes the mark under which a released user stands in the receipt.
    let mark: @Sendable (UserID, OperationID) -> String

    /// Records a deletion with its plan and first event.
    func insert(
        _ job: DeletionJob, digest: [UInt8], in transaction: any WriteTransaction
    ) throws {
        let command = job.command
        try transaction.execute(
            """
            INSERT INTO deletion_job
                (operation_id, contract_id, tenant_id, epoch, since, reason, digest,
                requested_by, requested_at, plan_version, state, cursor, workers_remaining,
                workers_stopped, attempts, next_attempt_at, waiting_for, waiting_since,
                progress_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, NULL, 0, 0, 0, NULL, 0, ?)
            """,
            [
                job.operation.text, command.contract.text, command.tenant.text, command.epoch,
                command.since, command.reason, digest, job.requestedBy.text, job.requestedAt,
                job.planVersion, job.state.rawValue, job.progressAt,
            ])
        try self.saveSteps(of: job, before: [], in: transaction)
        try EventChain.append(
            job.operation, from: nil, to: job.state, at: job.progressAt, in: transaction)
    }

    /// Saves what differs from `before`, and the transition if there was one.
    ///
    /// The reason given for the deletion is told to the gates and then forgotten: it is in people's
    /// words. A job that is done keeps its row, its events and its receipt; everything else goes.
    func save(
        _ job: DeletionJob, before: DeletionJob, at now: Int64,
        in transaction: any WriteTransaction
    ) throws {
        if job == before { return }
        try self.saveRow(of: job, in: transaction)
        if job.state != before.state {
            try EventChain.append(
                job.operation, from: before.state, to: job.state, at: now, in: transaction)
        }
        if job.state == .done { return try self.forgetWork(of: job, in: transaction) }
        try self.saveSteps(of: job, before: before.steps, in: transaction)
        if job.batch != before.batch {
            try self.saveBatch(of: job, before: before.batch, in: transaction)
        }
        if let attestation = job.attestation, before.attestation != attestation {
            try transaction.execute(
                """
                INSERT INTO attestation
                    (operation_id, stopped, method, instance_fence, attested_at)
                VALUES (?, ?, ?, ?, ?)
                """,
                [
                    job.operation.text, attestation.stopped, attestation.method,
                    attestation.instanceFence, attestation.attestedAt,
                ])
        }
    }

    private func saveRow(
        of job: DeletionJob, in transaction: any WriteTransaction
    ) throws {
        try transaction.execute(
            """
            UPDATE deletion_job SET state = ?, cursor = ?, workers_remaining = ?,
                workers_stopped = ?, attempts = ?, next_attempt_at = ?, waiting_for = ?,
                waiting_since = ?, progress_at = ?, reason = ?
            WHERE operation_id = ?
            """,
            [
                job.state.rawValue, job.cursor, job.workersRemaining, job.workersStopped,
                job.waiting.attempts, job.waiting.until, job.waiting.reason?.text,
                job.waiting.since, job.progressAt,
                job.state == .accepted ? job.command.reason : nil, job.operation.text,
            ])
    }

    private func saveSteps(
        of job: DeletionJob, before: [DeletionStep], in transaction: any WriteTransaction
    ) throws {
        for (position, step) in job.steps.enumerated() {
            if position < before.count, before[position] == step { continue }
            try transaction.execute(
                """
                INSERT INTO deletion_step
                    (operation_id, service, kind, position, found, deleted, remaining, chunk,
                    is_done, reopened)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (operation_id, service, kind) DO UPDATE SET
                    position = excluded.position, found = excluded.found,
                    deleted = excluded.deleted, remaining = excluded.remaining,
                    chunk = excluded.chunk, is_done = excluded.is_done,
                    reopened = excluded.reopened
                """,
                [
                    job.operation.text, step.service.rawValue, step.kind, position, step.found,
                    step.deleted, step.remaining, step.chunk, step.isDone, step.reopened,
                ])
        }
    }

    /// Saves the users being removed; those just released leave a mark for the receipt.
    private func saveBatch(
        of job: DeletionJob, before: UserBatch?, in transaction: any WriteTransaction
    ) throws {
        let operation = job.operation
        if let batch = job.batch, batch.isReleased, before?.isReleased == false {
            for user in batch.users {
                try transaction.execute(
                    """
                    INSERT INTO released_user (operation_id, mark) VALUES (?, ?)
                    ON CONFLICT (operation_id, mark) DO NOTHING
                    """, [operation.text, self.mark(user, operation)])
            }
        }
        try transaction.execute(
            "DELETE FROM deletion_user WHERE operation_id = ?", [operation.text])
        for (position, user) in (job.batch?.users ?? []).enumerated() {
            try transaction.execute(
                """
                INSERT INTO deletion_user (operation_id, user_id, position, is_released)
                VALUES (?, ?, ?, ?)
                """, [operation.text, user.text, position, job.batch?.isReleased ?? false])
        }
    }

    private func forgetWork(
        of job: DeletionJob, in transaction: any WriteTransaction
    ) throws {
        for table in ["deletion_step", "attestation", "deletion_user", "released_user"] {
            try transaction.execute(
                "DELETE FROM \(table) WHERE operation_id = ?", [job.operation.text])
        }
    }
}
