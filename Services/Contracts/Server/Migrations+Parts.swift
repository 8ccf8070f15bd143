import Storage

extension ContractsMigrations {
    /// What lists are found and ordered by, and when an invite's e-mail was sent.
    static let lists = Migration(
        "lists-1",
        [
            "CREATE INDEX contract_by_name ON contract (tenant_id, name, id)",
            "CREATE INDEX contract_by_state ON contract (tenant_id, state, id)",
            "CREATE INDEX workspace_by_name ON workspace (contract_id, name, id)",
            "ALTER TABLE invite ADD COLUMN sent_at INTEGER NOT NULL DEFAULT 0",
            "UPDATE invite SET sent_at = created_at",
        ])

    /// Workspaces change, and never lose their last owner.
    static let workspaceEditing = Migration(
        "workspaces-2",
        [
            """
            ALTER TABLE workspace ADD COLUMN version INTEGER NOT NULL DEFAULT 1
            CHECK (version >= 1)
            """,
            "ALTER TABLE workspace ADD COLUMN updated_at INTEGER NOT NULL DEFAULT 0",
            "ALTER TABLE workspace ADD COLUMN tenant_id TEXT NOT NULL DEFAULT ''",
            """
            UPDATE workspace SET updated_at = created_at, tenant_id =
                (SELECT tenant_id FROM contract WHERE contract.id = workspace.contract_id)
            """,
            "CREATE INDEX workspace_by_tenant ON workspace (tenant_id, id)",
            """
            ALTER TABLE workspace_member ADD COLUMN is_owner INTEGER NOT NULL DEFAULT 0
            CHECK (is_owner IN (0, 1))
            """,
            // Roles stand one a line.
            """
            UPDATE workspace_member SET is_owner = 1
            WHERE roles = 'owner' OR roles LIKE 'owner\n%' OR roles LIKE '%\nowner'
                OR roles LIKE '%\nowner\n%'
            """,
            """
            CREATE INDEX workspace_member_owner ON workspace_member (workspace_id, user_id)
            WHERE is_owner = 1
            """,
        ])

    /// Tenants that nothing is made for any more.
    static let releasedTenants = Migration(
        "released-tenants-1",
        [
            """
            CREATE TABLE released_tenant (
                tenant_id TEXT PRIMARY KEY NOT NULL,
                released_at INTEGER NOT NULL
            )
            """
        ])

    /// Developer teams and who is in them.
    static let teams = Migration(
        "teams-1",
        [
            """
            CREATE TABLE team (
                id TEXT PRIMARY KEY NOT NULL,
                contract_id TEXT NOT NULL REFERENCES contract (id) ON DELETE RESTRICT,
                tenant_id TEXT NOT NULL,
                name TEXT NOT NULL CHECK (length(name) BETWEEN 3 AND 40),
                version INTEGER NOT NULL CHECK (version >= 1),
                created_by TEXT NOT NULL,
                created_at INTEGER NOT NULL,
                updated_at INTEGER NOT NULL
            )
            """,
            "CREATE INDEX team_by_contract ON team (contract_id, id)",
            "CREATE INDEX team_by_tenant ON team (tenant_id, id)",
            "CREATE UNIQUE INDEX team_by_name ON team (contract_id, name)",
            """
            CREATE TABLE team_member (
                team_id TEXT NOT NULL REFERENCES team (id) ON DELETE RESTRICT,
                user_id TEXT NOT NULL,
                contract_id TEXT NOT NULL,
                added_at INTEGER NOT NULL,
                PRIMARY KEY (team_id, user_id),
                FOREIGN KEY (contract_id, user_id)
                    REFERENCES contract_member (contract_id, user_id) ON DELETE RESTRICT
            )
            """,
            """
            CREATE INDEX team_member_by_member ON team_member (contract_id, user_id, team_id)
            """,
            "CREATE INDEX team_member_by_user ON team_member (user_id, team_id)",
        ])
}
