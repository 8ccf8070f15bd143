import ContractParticipant
public import Storage

/// Every step identity's schema has been through, oldest first; appended to, never edited.
public enum IdentityMigrations {
    /// The steps.
    public static let all: [Migration] = [
        Migration("tenants-1", [Self.tenant, Self.role, Self.rolePermission, Self.roleTitle]),
        Migration(
            "users-1",
            [
                Self.userAccount,
                "CREATE INDEX user_account_by_email ON user_account (email_folded)",
                "CREATE INDEX user_account_by_tenant ON user_account (tenant_id, id)",
                Self.apiKey,
                "CREATE INDEX api_key_by_user ON api_key (user_id)",
                """
                CREATE UNIQUE INDEX api_key_live ON api_key (user_id) WHERE revoked_at IS NULL
                """,
                Self.password,
            ]),
        Inbox.migration,
        ContractGates.migration,
        PurgeProgress.migration,
        StoredAnswers.migration,
        Migration(
            "sessions-1",
            [
                Self.session,
                "CREATE INDEX session_by_user ON session (user_id, last_used_at)",
                "CREATE INDEX session_by_age ON session (created_at)",
            ]),
        Migration("ssh-keys-1", [Self.sshKey]),
        Migration(
            "service-accounts-1",
            [
                """
                ALTER TABLE user_account ADD COLUMN is_service_account INTEGER NOT NULL DEFAULT 0
                    CHECK (is_service_account IN (0, 1))
                """,
                """
                CREATE INDEX user_account_by_kind
                ON user_account (tenant_id, is_service_account, id)
                """,
            ]),
        Migration(
            "roles-2",
            [
                """
                ALTER TABLE tenant ADD COLUMN roles_revision INTEGER NOT NULL DEFAULT 1
                    CHECK (roles_revision >= 1)
                """
            ]),
        Outbox.migration,
        Migration(
            "tenants-2",
            [
                """
                ALTER TABLE tenant ADD COLUMN is_operating INTEGER NOT NULL DEFAULT 0
                    CHECK (is_operating IN (0, 1))
                """,
                """
                UPDATE tenant SET is_operating = 1
                WHERE id = (SELECT id FROM tenant ORDER BY created_at, id LIMIT 1)
                """,
                """
                CREATE UNIQUE INDEX tenant_operating ON tenant (is_operating)
                WHERE is_operating = 1
                """,
                "ALTER TABLE tenant ADD COLUMN deleting_at INTEGER",
            ]),
        Migration("users-2", ["ALTER TABLE user_account ADD COLUMN last_login_at INTEGER"]),
    ]

    private static let tenant = """
        CREATE TABLE tenant (
            id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 24),
            name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
            created_at INTEGER NOT NULL
        )
        """

    private static let role = """
        CREATE TABLE role (
            tenant_id TEXT NOT NULL REFERENCES tenant (id) ON DELETE RESTRICT,
            scope TEXT NOT NULL CHECK (scope IN ('contracts', 'workspaces')),
            name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
            PRIMARY KEY (tenant_id, scope, name)
        )
        """

    private static let rolePermission = """
        CREATE TABLE role_permission (
            tenant_id TEXT NOT NULL,
            scope TEXT NOT NULL,
            role TEXT NOT NULL,
            permission TEXT NOT NULL CHECK (length(permission) BETWEEN 1 AND 100),
            PRIMARY KEY (tenant_id, scope, role, permission),
            FOREIGN KEY (tenant_id, scope, role) REFERENCES role (tenant_id, scope, name)
                ON DELETE RESTRICT
        )
        """

    private static let roleTitle = """
        CREATE TABLE role_title (
            tenant_id TEXT NOT NULL,
            scope TEXT NOT NULL,
            role TEXT NOT NULL,
            language TEXT NOT NULL CHECK (length(language) BETWEEN 2 AND 35),
            title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 100),
            PRIMARY KEY (tenant_id, scope, role, language),
            FOREIGN KEY (tenant_id, scope, role) REFERENCES role (tenant_id, scope, name)
                ON DELETE RESTRICT
        )
        """

    private static let userAccount = """
        CREATE TABLE user_account (
            id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 24),
            tenant_id TEXT NOT NULL REFERENCES tenant (id) ON DELETE RESTRICT,
            email TEXT NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
            email_folded TEXT NOT NULL CHECK (email_folded = lower(email)),
            first_name TEXT NOT NULL CHECK (length(first_name) > 0),
            last_name TEXT NOT NULL CHECK (length(last_name) > 0),
            company TEXT CHECK (length(company) > 0),
            is_tenant_admin INTEGER NOT NULL CHECK (is_tenant_admin IN (0, 1)),
            registered_at INTEGER NOT NULL,
            UNIQUE (tenant_id, email_folded)
        )
        """

    private static let apiKey = """
        CREATE TABLE api_key (
            hash BLOB PRIMARY KEY NOT NULL CHECK (length(hash) = 32),
            user_id TEXT NOT NULL REFERENCES user_account (id) ON DELETE RESTRICT,
            created_at INTEGER NOT NULL,
            revoked_at INTEGER
        )
        """

    private static let session = """
        CREATE TABLE session (
            id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 24),
            hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 32),
            user_id TEXT NOT NULL REFERENCES user_account (id) ON DELETE RESTRICT,
            created_at INTEGER NOT NULL,
            last_used_at INTEGER NOT NULL CHECK (last_used_at >= created_at),
            address TEXT CHECK (length(address) BETWEEN 1 AND 45),
            agent TEXT CHECK (length(agent) BETWEEN 1 AND 200)
        )
        """

    private static let sshKey = """
        CREATE TABLE ssh_key (
            id TEXT PRIMARY KEY NOT NULL CHECK (length(id) = 24),
            user_id TEXT NOT NULL REFERENCES user_account (id) ON DELETE RESTRICT,
            fingerprint TEXT NOT NULL CHECK (length(fingerprint) = 50),
            title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 100),
            public_key TEXT NOT NULL CHECK (length(public_key) > 0),
            created_at INTEGER NOT NULL,
            UNIQUE (user_id, fingerprint)
        )
        """

    private static let password = """
        CREATE TABLE password (
            user_id TEXT PRIMARY KEY NOT NULL REFERENCES user_account (id) ON DELETE RESTRICT,
            salt BLOB NOT NULL CHECK (length(salt) = 16),
            hash BLOB NOT NULL CHECK (length(hash) = 32),
            rounds INTEGER NOT NULL CHECK (rounds > 1),
            block_size INTEGER NOT NULL CHECK (block_size > 0),
            parallelism INTEGER NOT NULL CHECK (parallelism > 0),
            failures INTEGER NOT NULL CHECK (failures >= 0),
            locked_until INTEGER,
            changed_at INTEGER NOT NULL
        )
        """
}
