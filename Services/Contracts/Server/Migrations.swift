import ContractParticipant
package import Storage

/// The schema of the contracts database, step by step; steps are only ever appended.
package enum ContractsMigrations {
    /// Every step.
    package static let all: [Migration] = [
        Self.contracts, Self.members, Self.invites, Self.audit,
        Self.auditPersons, Self.mailTemplates,
        PurgeProgress.migration, Outbox.migration, StoredAnswers.migration, Self.lists,
        Self.workspaceEditing, Self.teams, Self.webhooks, Self.releasedTenants,
    ]

    private static let states = """
        ('active', 'suspending', 'suspended', 'preparing', 'scheduled', 'deleting')
        """

    static let contracts = Migration(
        "contracts-1",
        [
            """
            CREATE TABLE contract (
                id TEXT PRIMARY KEY NOT NULL,
                tenant_id TEXT NOT NULL,
                name TEXT NOT NULL CHECK (length(name) BETWEEN 3 AND 40),
                support_user_id TEXT,
                available_roles TEXT NOT NULL,
                version INTEGER NOT NULL CHECK (version >= 1),
                created_at INTEGER NOT NULL,
                updated_at INTEGER NOT NULL,
                epoch INTEGER NOT NULL CHECK (epoch >= 1),
                state TEXT NOT NULL CHECK (state IN \(Self.states)),
                operation_id TEXT,
                reason TEXT,
                since INTEGER NOT NULL,
                until INTEGER,
                prior_state TEXT CHECK (prior_state IN ('active', 'suspending', 'suspended')),
                prior_operation_id TEXT,
                prior_reason TEXT,
                prior_since INTEGER,
                prior_until INTEGER,
                deletion_requested_by TEXT,
                CHECK (state = 'active' OR operation_id IS NOT NULL),
                CHECK (state <> 'preparing' OR prior_state IS NOT NULL),
                CHECK ((prior_state IS NULL) = (prior_since IS NULL)),
                CHECK ((prior_state IS NULL) = (deletion_requested_by IS NULL))
            )
            """,
            "CREATE INDEX contract_by_tenant ON contract (tenant_id, id)",
            "CREATE INDEX contract_not_active ON contract (id) WHERE state <> 'active'",
            """
            CREATE INDEX contract_unresolved ON contract (since)
            WHERE state IN ('preparing', 'scheduled')
            """,
            """
            CREATE TABLE tombstone (
                contract_id TEXT PRIMARY KEY NOT NULL,
                tenant_id TEXT NOT NULL,
                epoch INTEGER NOT NULL CHECK (epoch >= 1),
                operation_id TEXT NOT NULL,
                receipt_digest BLOB NOT NULL CHECK (length(receipt_digest) = 32),
                deleted_at INTEGER NOT NULL
            )
            """,
        ])

    static let members = Migration(
        "members-1",
        [
            """
            CREATE TABLE contract_member (
                contract_id TEXT NOT NULL REFERENCES contract (id) ON DELETE RESTRICT,
                user_id TEXT NOT NULL,
                roles TEXT NOT NULL CHECK (length(roles) > 0),
                is_owner INTEGER NOT NULL CHECK (is_owner IN (0, 1)),
                added_at INTEGER NOT NULL,
                PRIMARY KEY (contract_id, user_id)
            )
            """,
            "CREATE INDEX contract_member_by_user ON contract_member (user_id, contract_id)",
            """
            CREATE INDEX contract_member_owner ON contract_member (contract_id, user_id)
            WHERE is_owner = 1
            """,
            """
            CREATE TABLE workspace (
                id TEXT PRIMARY KEY NOT NULL,
                contract_id TEXT NOT NULL REFERENCES contract (id) ON DELETE RESTRICT,
                name TEXT NOT NULL CHECK (length(name) BETWEEN 3 AND 40),
                type TEXT NOT NULL CHECK (type IN ('full', 'limited')),
                created_by TEXT NOT NULL,
                created_at INTEGER NOT NULL
            )
            """,
            "CREATE INDEX workspace_by_contract ON workspace (contract_id, id)",
            """
            CREATE TABLE workspace_member (
                workspace_id TEXT NOT NULL REFERENCES workspace (id) ON DELETE RESTRICT,
                user_id TEXT NOT NULL,
                contract_id TEXT NOT NULL,
                roles TEXT NOT NULL CHECK (length(roles) > 0),
                added_at INTEGER NOT NULL,
                PRIMARY KEY (workspace_id, user_id),
                FOREIGN KEY (contract_id, user_id)
                    REFERENCES contract_member (contract_id, user_id) ON DELETE RESTRICT
            )
            """,
            """
            CREATE INDEX workspace_member_by_member
            ON workspace_member (contract_id, user_id, workspace_id)
            """,
            "CREATE INDEX workspace_member_by_user ON workspace_member (user_id, workspace_id)",
            """
            CREATE TABLE user_removal (
                user_id TEXT PRIMARY KEY NOT NULL,
                operation_id TEXT NOT NULL,
                state TEXT NOT NULL CHECK (state IN ('removing', 'removed')),
                marked_at INTEGER NOT NULL
            )
            """,
            """
            CREATE INDEX user_removal_by_operation
            ON user_removal (operation_id, state, user_id)
            """,
            "CREATE INDEX user_removal_done ON user_removal (marked_at) WHERE state = 'removed'",
        ])

    static let invites = Migration(
        "invites-1",
        [
            """
            CREATE TABLE invite (
                id TEXT PRIMARY KEY NOT NULL,
                contract_id TEXT NOT NULL REFERENCES contract (id) ON DELETE RESTRICT,
                email TEXT,
                email_key TEXT,
                roles TEXT NOT NULL CHECK (length(roles) > 0),
                is_owner INTEGER NOT NULL CHECK (is_owner IN (0, 1)),
                workspace_id TEXT REFERENCES workspace (id) ON DELETE RESTRICT,
                workspace_roles TEXT,
                token_digest BLOB NOT NULL UNIQUE CHECK (length(token_digest) = 32),
                invited_by TEXT NOT NULL,
                created_at INTEGER NOT NULL,
                expires_at INTEGER NOT NULL,
                accepted_by TEXT,
                accepted_at INTEGER,
                CHECK ((accepted_by IS NULL) = (email IS NOT NULL)),
                CHECK ((email IS NULL) = (email_key IS NULL)),
                CHECK ((accepted_by IS NULL) = (accepted_at IS NULL)),
                CHECK ((workspace_id IS NULL) = (workspace_roles IS NULL))
            )
            """,
            """
            CREATE UNIQUE INDEX invite_pending ON invite (contract_id, email_key)
            WHERE accepted_by IS NULL
            """,
            "CREATE INDEX invite_by_contract ON invite (contract_id, id)",
            "CREATE INDEX invite_by_workspace ON invite (workspace_id)",
            "CREATE INDEX invite_expiring ON invite (expires_at)",
        ])

    static let auditPersons = Migration(
        "audit-2",
        [
            """
            CREATE TABLE audit_person (
                contract_id TEXT NOT NULL,
                number INTEGER NOT NULL,
                part TEXT NOT NULL CHECK (part IN ('author', 'subject')),
                user_id TEXT NOT NULL,
                request_id TEXT NOT NULL,
                salt BLOB NOT NULL CHECK (length(salt) = 32),
                CHECK (part = 'author' OR request_id = ''),
                PRIMARY KEY (contract_id, number, part),
                FOREIGN KEY (contract_id, number)
                    REFERENCES audit_event (contract_id, number) ON DELETE RESTRICT
            )
            """,
            """
            CREATE INDEX audit_person_by_user
            ON audit_person (user_id, contract_id, number, part)
            """,
        ])

    static let mailTemplates = Migration(
        "mail-templates-1",
        [
            """
            CREATE TABLE mail_template (
                tenant_id TEXT NOT NULL,
                kind TEXT NOT NULL,
                subject TEXT NOT NULL,
                body_text TEXT NOT NULL,
                body_html TEXT NOT NULL,
                is_enabled INTEGER NOT NULL CHECK (is_enabled IN (0, 1)),
                updated_at INTEGER NOT NULL,
                PRIMARY KEY (tenant_id, kind)
            )
            """
        ])

    static let webhooks = Migration(
        "webhooks-1",
        [
            """
            CREATE TABLE webhook_endpoint (
                id TEXT PRIMARY KEY NOT NULL,
                tenant_id TEXT NOT NULL,
                url TEXT NOT NULL,
                events TEXT NOT NULL,
                is_enabled INTEGER NOT NULL CHECK (is_enabled IN (0, 1)),
                secret BLOB NOT NULL CHECK (length(secret) = 32),
                created_at INTEGER NOT NULL
            )
            """,
            "CREATE INDEX webhook_endpoint_by_tenant ON webhook_endpoint (tenant_id, id)",
            """
            CREATE TABLE webhook_delivery (
                id TEXT PRIMARY KEY NOT NULL,
                endpoint_id TEXT NOT NULL REFERENCES webhook_endpoint (id) ON DELETE RESTRICT,
                event TEXT NOT NULL,
                state TEXT NOT NULL CHECK (state IN ('pending', 'delivered', 'failed')),
                attempts INTEGER NOT NULL CHECK (attempts >= 0),
                last_status INTEGER,
                last_error TEXT,
                created_at INTEGER NOT NULL,
                attempted_at INTEGER,
                body TEXT NOT NULL,
                CHECK (state = 'pending' OR body = '')
            )
            """,
            """
            CREATE INDEX webhook_delivery_by_endpoint
            ON webhook_delivery (endpoint_id, created_at, id)
            """,
            """
            CREATE INDEX webhook_delivery_over ON webhook_delivery (created_at)
            WHERE state <> 'pending'
            """,
        ])

    static let audit = Migration(
        "audit-1",
        [
            """
            CREATE TABLE audit_event (
                contract_id TEXT NOT NULL,
                number INTEGER NOT NULL CHECK (number >= 1),
                tenant_id TEXT NOT NULL,
                at INTEGER NOT NULL,
                actor TEXT NOT NULL,
                request_id TEXT NOT NULL,
                action TEXT NOT NULL,
                change TEXT NOT NULL,
                previous_hash BLOB NOT NULL CHECK (length(previous_hash) = 32),
                hash BLOB NOT NULL CHECK (length(hash) = 32),
                PRIMARY KEY (contract_id, number)
            )
            """
        ])
}
