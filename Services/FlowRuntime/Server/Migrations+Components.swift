import Storage

extension FlowRuntimeMigrations {
    /// Components, their versions, and which flows use them.
    static let components = Migration(
        "components", Self.componentTables + Self.versionTables + Self.useTables)

    private static let componentTables = [
        """
        CREATE TABLE component (
            id TEXT PRIMARY KEY NOT NULL,
            contract_id TEXT NOT NULL,
            tenant_id TEXT NOT NULL,
            team_id TEXT NOT NULL,
            team_name TEXT NOT NULL,
            name TEXT NOT NULL,
            description TEXT,
            access TEXT NOT NULL CHECK (access IN ('team', 'tenant')),
            user_id TEXT NOT NULL,
            revision INTEGER NOT NULL CHECK (revision >= 1),
            last_version INTEGER NOT NULL CHECK (last_version >= 0),
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            UNIQUE (contract_id, team_name, name)
        )
        """,
        "CREATE INDEX component_contract ON component (contract_id, created_at, id)",
        "CREATE INDEX component_name ON component (tenant_id, team_name, name)",
        """
        CREATE UNIQUE INDEX component_shared_name ON component (tenant_id, team_name, name)
        WHERE access = 'tenant'
        """,
        """
        CREATE INDEX component_shared ON component (tenant_id, created_at, id)
        WHERE access = 'tenant'
        """,
    ]

    private static let versionTables = [
        """
        CREATE TABLE component_version (
            id TEXT PRIMARY KEY NOT NULL,
            component_id TEXT NOT NULL REFERENCES component (id) ON DELETE RESTRICT,
            contract_id TEXT NOT NULL,
            user_id TEXT NOT NULL,
            number INTEGER NOT NULL CHECK (number >= 1),
            descriptor TEXT NOT NULL,
            files INTEGER NOT NULL CHECK (files >= 0),
            bytes INTEGER NOT NULL CHECK (bytes >= 0),
            created_at INTEGER NOT NULL,
            UNIQUE (component_id, number)
        )
        """,
        "CREATE INDEX component_version_contract ON component_version (contract_id)",
        """
        CREATE TABLE component_file (
            version_id TEXT NOT NULL REFERENCES component_version (id) ON DELETE RESTRICT,
            position INTEGER NOT NULL CHECK (position >= 0),
            contract_id TEXT NOT NULL,
            path TEXT NOT NULL,
            is_executable INTEGER NOT NULL CHECK (is_executable IN (0, 1)),
            content BLOB NOT NULL,
            PRIMARY KEY (version_id, position)
        )
        """,
        "CREATE INDEX component_file_contract ON component_file (contract_id)",
    ]

    private static let useTables = [
        """
        CREATE TABLE component_use (
            flow_id TEXT NOT NULL,
            flow_version INTEGER NOT NULL,
            version_id TEXT NOT NULL REFERENCES component_version (id) ON DELETE RESTRICT,
            contract_id TEXT NOT NULL,
            component_id TEXT NOT NULL REFERENCES component (id) ON DELETE RESTRICT,
            owner_contract_id TEXT NOT NULL,
            PRIMARY KEY (flow_id, flow_version, version_id),
            FOREIGN KEY (flow_id, flow_version)
                REFERENCES flow_version (flow_id, number) ON DELETE RESTRICT
        )
        """,
        "CREATE INDEX component_use_contract ON component_use (contract_id)",
        "CREATE INDEX component_use_component ON component_use (component_id, version_id, flow_id)",
        "CREATE INDEX component_use_version ON component_use (version_id)",
        """
        CREATE INDEX component_use_foreign ON component_use
            (owner_contract_id, flow_id, component_id)
        WHERE owner_contract_id <> contract_id
        """,
    ]
}
