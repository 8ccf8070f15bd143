public import Storage

/// The schema's history: steps are appended, never edited.
public enum OrchestratorMigrations {
    /// Every step, oldest first.
    public static let all = [
        Self.deletions, Self.receipts, Self.suspensions, StoredAnswers.migration,
    ]

    static let deletions = Migration(
        "deletion-1",
        [
            """
            CREATE TABLE deletion_job (
                operation_id TEXT PRIMARY KEY NOT NULL,
                contract_id TEXT NOT NULL UNIQUE,
                tenant_id TEXT NOT NULL,
                epoch INTEGER NOT NULL CHECK (epoch >= 0),
                since INTEGER NOT NULL,
                reason TEXT,
                digest BLOB NOT NULL CHECK (length(digest) = 32),
                requested_by TEXT NOT NULL,
                requested_at INTEGER NOT NULL,
                plan_version INTEGER NOT NULL CHECK (plan_version > 0),
                state TEXT NOT NULL CHECK (state IN ('accepted', 'fenced', 'draining', 'drained',
                    'purging', 'swept', 'users', 'sweptAgain', 'receipted', 'done')),
                cursor INTEGER NOT NULL CHECK (cursor >= 0),
                workers_remaining INTEGER CHECK (workers_remaining >= 0),
                workers_stopped INTEGER NOT NULL CHECK (workers_stopped >= 0),
                attempts INTEGER NOT NULL CHECK (attempts >= 0),
                next_attempt_at INTEGER NOT NULL,
                waiting_for TEXT,
                waiting_since INTEGER NOT NULL,
                progress_at INTEGER NOT NULL
            )
            """,
            """
            CREATE INDEX deletion_job_due ON deletion_job (next_attempt_at) WHERE state <> 'done'
            """,
            "CREATE INDEX deletion_job_tenant ON deletion_job (tenant_id, operation_id)",
            """
            CREATE TABLE deletion_step (
                operation_id TEXT NOT NULL REFERENCES deletion_job (operation_id),
                service TEXT NOT NULL,
                kind TEXT NOT NULL,
                position INTEGER NOT NULL CHECK (position >= 0),
                found INTEGER NOT NULL CHECK (found >= 0),
                deleted INTEGER NOT NULL CHECK (deleted >= 0),
                remaining INTEGER NOT NULL CHECK (remaining >= 0),
                chunk INTEGER NOT NULL CHECK (chunk >= 0),
                is_done INTEGER NOT NULL CHECK (is_done IN (0, 1)),
                reopened INTEGER NOT NULL CHECK (reopened >= 0),
                PRIMARY KEY (operation_id, service, kind)
            )
            """,
            """
            CREATE TABLE attestation (
                operation_id TEXT PRIMARY KEY NOT NULL REFERENCES deletion_job (operation_id),
                stopped INTEGER NOT NULL CHECK (stopped >= 0),
                method TEXT NOT NULL,
                instance_fence INTEGER NOT NULL,
                attested_at INTEGER NOT NULL
            )
            """,
            """
            CREATE TABLE deletion_user (
                operation_id TEXT NOT NULL REFERENCES deletion_job (operation_id),
                user_id TEXT NOT NULL,
                position INTEGER NOT NULL CHECK (position >= 0),
                is_released INTEGER NOT NULL CHECK (is_released IN (0, 1)),
                PRIMARY KEY (operation_id, user_id)
            )
            """,
            """
            CREATE TABLE released_user (
                operation_id TEXT NOT NULL REFERENCES deletion_job (operation_id),
                mark TEXT NOT NULL CHECK (length(mark) = 64),
                PRIMARY KEY (operation_id, mark)
            )
            """,
            """
            CREATE TABLE job_event (
                operation_id TEXT NOT NULL REFERENCES deletion_job (operation_id),
                number INTEGER NOT NULL CHECK (number >= 0),
                at INTEGER NOT NULL,
                from_state TEXT,
                to_state TEXT NOT NULL,
                previous BLOB NOT NULL CHECK (length(previous) = 32),
                hash BLOB NOT NULL CHECK (length(hash) = 32),
                PRIMARY KEY (operation_id, number)
            )
            """,
        ])

    static let receipts = Migration(
        "receipt-1",
        [
            """
            CREATE TABLE receipt (
                sequence SERIAL_KEY,
                operation_id TEXT NOT NULL UNIQUE REFERENCES deletion_job (operation_id),
                document BLOB NOT NULL,
                digest BLOB NOT NULL CHECK (length(digest) = 32),
                signature BLOB NOT NULL CHECK (length(signature) = 64),
                public_key BLOB NOT NULL CHECK (length(public_key) = 32),
                issued_at INTEGER NOT NULL
            )
            """
        ])

    static let suspensions = Migration(
        "suspension-1",
        [
            """
            CREATE TABLE suspension_job (
                contract_id TEXT PRIMARY KEY NOT NULL,
                operation_id TEXT NOT NULL UNIQUE,
                tenant_id TEXT NOT NULL,
                epoch INTEGER NOT NULL CHECK (epoch >= 0),
                since INTEGER NOT NULL,
                reason TEXT,
                digest BLOB NOT NULL CHECK (length(digest) = 32),
                lift_at INTEGER,
                state TEXT NOT NULL CHECK (state IN ('fencing', 'stopping', 'finishing',
                    'holding', 'ended')),
                attempts INTEGER NOT NULL CHECK (attempts >= 0),
                next_attempt_at INTEGER NOT NULL,
                waiting_for TEXT,
                waiting_since INTEGER NOT NULL
            )
            """,
            """
            CREATE INDEX suspension_job_due ON suspension_job (next_attempt_at)
            WHERE state <> 'ended'
            """,
        ])
}
