import ContractParticipant
public import Storage

/// The steps of the flow runtime's schema.
public enum FlowRuntimeMigrations {
    /// Every step, in order; only ever appended to.
    public static let all: [Migration] = [
        ContractGates.migration, PurgeProgress.migration, flows, work, workers,
        StoredAnswers.migration, closedWorkspaces, components, closedTeams,
    ]

    /// Teams that were deleted.
    private static let closedTeams = Migration(
        "closed-teams",
        [
            """
            CREATE TABLE closed_team (
                team_id TEXT PRIMARY KEY NOT NULL,
                contract_id TEXT NOT NULL,
                closed_at INTEGER NOT NULL
            )
            """,
            "CREATE INDEX closed_team_contract ON closed_team (contract_id)",
        ])

    /// Workspaces that were deleted.
    private static let closedWorkspaces = Migration(
        "closed-workspaces",
        [
            """
            CREATE TABLE closed_workspace (
                workspace_id TEXT PRIMARY KEY NOT NULL,
                contract_id TEXT NOT NULL,
                closed_at INTEGER NOT NULL
            )
            """,
            "CREATE INDEX closed_workspace_contract ON closed_workspace (contract_id)",
        ])

    /// Flows and their versions.
    private static let flows = Migration(
        "flows",
        [
            """
            CREATE TABLE flow (
                id TEXT PRIMARY KEY NOT NULL,
                contract_id TEXT NOT NULL,
                workspace_id TEXT NOT NULL,
                user_id TEXT NOT NULL,
                name TEXT NOT NULL,
                description TEXT,
                type TEXT NOT NULL CHECK (type IN ('ordinary', 'long_running')),
                status TEXT NOT NULL CHECK (status IN ('active', 'inactive')),
                version INTEGER NOT NULL CHECK (version >= 1),
                hook_auth TEXT NOT NULL CHECK (hook_auth IN ('none', 'key')),
                hook_key_hash BLOB CHECK (length(hook_key_hash) = 32),
                queued INTEGER NOT NULL CHECK (queued >= 0),
                queued_bytes INTEGER NOT NULL CHECK (queued_bytes >= 0),
                last_start_at INTEGER,
                stopped_by TEXT CHECK (length(stopped_by) = 24),
                deleted_at INTEGER,
                created_at INTEGER NOT NULL,
                updated_at INTEGER NOT NULL,
                CHECK (hook_auth = 'none' OR hook_key_hash IS NOT NULL),
                CHECK (deleted_at IS NULL OR status = 'inactive')
            )
            """,
            "CREATE INDEX flow_contract ON flow (contract_id, status)",
            """
            CREATE INDEX flow_workspace ON flow (workspace_id, created_at, id)
            WHERE deleted_at IS NULL
            """,
            "CREATE INDEX flow_active ON flow (status, id) WHERE status = 'active'",
            "CREATE INDEX flow_deleted ON flow (deleted_at, id) WHERE deleted_at IS NOT NULL",
            """
            CREATE TABLE flow_version (
                flow_id TEXT NOT NULL REFERENCES flow (id) ON DELETE RESTRICT,
                number INTEGER NOT NULL CHECK (number >= 1),
                contract_id TEXT NOT NULL,
                user_id TEXT NOT NULL,
                graph TEXT NOT NULL,
                created_at INTEGER NOT NULL,
                PRIMARY KEY (flow_id, number)
            )
            """,
            "CREATE INDEX flow_version_contract ON flow_version (contract_id)",
        ])

    /// Executions, what they gave, what waits and what failed.
    private static let work = Migration(
        "work",
        [
            """
            CREATE TABLE execution (
                id TEXT PRIMARY KEY NOT NULL,
                flow_id TEXT NOT NULL REFERENCES flow (id) ON DELETE RESTRICT,
                contract_id TEXT NOT NULL,
                version INTEGER NOT NULL,
                state TEXT NOT NULL
                    CHECK (state IN ('queued', 'retrying', 'succeeded', 'failed')),
                attempts INTEGER NOT NULL CHECK (attempts >= 0),
                received_at INTEGER NOT NULL,
                finished_at INTEGER,
                CHECK ((state IN ('succeeded', 'failed')) = (finished_at IS NOT NULL))
            )
            """,
            "CREATE INDEX execution_flow ON execution (flow_id, received_at, id)",
            "CREATE INDEX execution_contract ON execution (contract_id)",
            """
            CREATE TABLE execution_step (
                execution_id TEXT NOT NULL REFERENCES execution (id) ON DELETE RESTRICT,
                position INTEGER NOT NULL CHECK (position >= 0),
                contract_id TEXT NOT NULL,
                step TEXT NOT NULL,
                output TEXT,
                is_cut INTEGER NOT NULL CHECK (is_cut IN (0, 1)),
                microseconds INTEGER NOT NULL,
                PRIMARY KEY (execution_id, position)
            )
            """,
            "CREATE INDEX execution_step_contract ON execution_step (contract_id)",
            """
            CREATE TABLE message (
                seq SERIAL_KEY,
                execution_id TEXT NOT NULL UNIQUE REFERENCES execution (id) ON DELETE RESTRICT,
                flow_id TEXT NOT NULL REFERENCES flow (id) ON DELETE RESTRICT,
                contract_id TEXT NOT NULL,
                content TEXT NOT NULL,
                bytes INTEGER NOT NULL CHECK (bytes >= 0),
                attempt INTEGER NOT NULL CHECK (attempt >= 1),
                due_at INTEGER NOT NULL
            )
            """,
            "CREATE INDEX message_flow ON message (flow_id, seq)",
            "CREATE INDEX message_contract ON message (contract_id)",
            """
            CREATE TABLE flow_error (
                id TEXT PRIMARY KEY NOT NULL,
                flow_id TEXT NOT NULL REFERENCES flow (id) ON DELETE RESTRICT,
                contract_id TEXT NOT NULL,
                execution_id TEXT,
                step TEXT NOT NULL,
                code TEXT NOT NULL,
                message TEXT NOT NULL,
                content TEXT,
                attempts INTEGER NOT NULL CHECK (attempts >= 0),
                occurred_at INTEGER NOT NULL,
                CHECK ((execution_id IS NULL) = (content IS NULL))
            )
            """,
            "CREATE INDEX flow_error_flow ON flow_error (flow_id, occurred_at, id)",
            "CREATE INDEX flow_error_contract ON flow_error (contract_id)",
        ])

    /// Worker processes, and how many a suspension or deletion has ended.
    private static let workers = Migration(
        "workers",
        [
            """
            CREATE TABLE worker (
                id TEXT PRIMARY KEY NOT NULL,
                flow_id TEXT NOT NULL UNIQUE REFERENCES flow (id) ON DELETE RESTRICT,
                contract_id TEXT NOT NULL,
                epoch INTEGER NOT NULL,
                state TEXT NOT NULL CHECK (state IN ('intent', 'running', 'stopping')),
                token_hash BLOB NOT NULL CHECK (length(token_hash) = 32),
                fence INTEGER NOT NULL,
                boot_id TEXT,
                pid INTEGER,
                started_ticks INTEGER,
                cgroup TEXT,
                created_at INTEGER NOT NULL,
                CHECK ((pid IS NULL) = (boot_id IS NULL)),
                CHECK ((pid IS NULL) = (started_ticks IS NULL)),
                CHECK (state <> 'running' OR pid IS NOT NULL)
            )
            """,
            "CREATE INDEX worker_contract ON worker (contract_id)",
            """
            CREATE TABLE worker_stop (
                contract_id TEXT PRIMARY KEY NOT NULL,
                operation_id TEXT NOT NULL,
                stopped INTEGER NOT NULL CHECK (stopped >= 0)
            )
            """,
        ])
}
