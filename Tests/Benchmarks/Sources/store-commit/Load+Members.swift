import Storage

extension Load {
    /// The statements of adding a member: looking at the contract, at the memberships, at the end of
    /// the trail and at the webhooks, then storing the membership, its event in the trail, and who it
    /// is about.
    ///
    /// As in the load of the service, each addition is to a contract of its own, and some users are
    /// added in turn, so the same rows are at the same places of tables and indexes.
    static let members = Load(
        schema: Self.memberTables,
        begin: { numbers, transaction in
            for number in numbers {
                try transaction.execute(
                    """
                    INSERT INTO contract (
                        id, tenant_id, name, available_roles, version, created_at, updated_at,
                        epoch, state, since
                    ) VALUES (?, ?, 'Measured', '', 1, 0, 0, 1, 'active', 0)
                    """, [Self.contract(number), Self.tenant])
            }
        },
        store: { number, transaction in
            let contract = Self.contract(number)
            let user = Self.identifier(number % Self.users)
            try Self.look(at: contract, user, in: transaction)
            try transaction.execute(
                """
                INSERT INTO contract_member (contract_id, user_id, roles, is_owner, added_at)
                VALUES (?, ?, 'owner', 1, 0)
                """, [contract, user])
            try transaction.execute(
                """
                INSERT INTO audit_event (
                    contract_id, number, tenant_id, at, actor, request_id, action, change,
                    previous_hash, hash
                ) VALUES (?, ?, ?, 0, ?, '', 'member.add', ?, ?, ?)
                """,
                [
                    contract, 1, Self.tenant, Self.seal, Self.change, Self.hash, Self.hash,
                ])
            for part in ["author", "subject"] {
                try transaction.execute(
                    """
                    INSERT INTO audit_person
                        (contract_id, number, part, user_id, request_id, salt)
                    VALUES (?, ?, ?, ?, '', ?)
                    """, [contract, 1, part, user, Self.hash])
            }
        })

    private static func look(
        at contract: String, _ user: String, in transaction: any WriteTransaction
    ) throws {
        _ = try transaction.row(
            """
            SELECT contract.*, contract_member.roles AS member_roles
            FROM contract LEFT JOIN contract_member
            ON contract_member.contract_id = contract.id AND contract_member.user_id = ?
            WHERE contract.id = ?
            """, [Self.tenant, contract])
        _ = try transaction.row(
            """
            SELECT
                (SELECT is_owner FROM contract_member WHERE contract_id = ? LIMIT 1) AS first,
                (SELECT is_owner FROM contract_member
                    WHERE contract_id = ? AND user_id = ?) AS membership,
                (SELECT state FROM user_removal WHERE user_id = ?) AS removal
            """, [contract, contract, user, user])
        _ = try transaction.row(
            """
            SELECT number, hash, tenant_id FROM audit_event WHERE contract_id = ?
            ORDER BY number DESC LIMIT 1
            """, [contract])
        _ = try transaction.rows(
            "SELECT id, url FROM webhook_endpoint WHERE tenant_id = ? ORDER BY id", [Self.tenant])
    }

    /// Users who are added.
    private static let users = 64
    private static let tenant = "5b87aded2dfb980011537690"

    /// An identifier as the service makes them: the second, a thousand of them each, then what looks
    /// random.
    private static func contract(_ number: Int) -> String {
        // The finalizer of SplitMix64 (Steele, Lea and Flood, 2014).
        var mixed = UInt64(number) &* 0x9E37_79B9_7F4A_7C15
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        mixed ^= mixed >> 31
        return String(1_700_000_000 + number / 1_000, radix: 16) + Self.digits(mixed)
    }

    private static let seal = "sha256:" + String(repeating: "0", count: 64)
    private static let change = "{\"subject\":\"\(seal)\",\"after\":{\"roles\":[\"owner\"]}}"
    private static let hash = [UInt8](repeating: 7, count: 32)

    private static let memberTables = Migration(
        "members-1",
        [
            """
            CREATE TABLE contract (
                id TEXT PRIMARY KEY NOT NULL,
                tenant_id TEXT NOT NULL,
                name TEXT NOT NULL,
                support_user_id TEXT,
                available_roles TEXT NOT NULL,
                version INTEGER NOT NULL,
                created_at INTEGER NOT NULL,
                updated_at INTEGER NOT NULL,
                epoch INTEGER NOT NULL,
                state TEXT NOT NULL,
                operation_id TEXT,
                reason TEXT,
                since INTEGER NOT NULL,
                until INTEGER,
                prior_state TEXT,
                prior_operation_id TEXT,
                prior_reason TEXT,
                prior_since INTEGER,
                prior_until INTEGER,
                deletion_requested_by TEXT
            )
            """,
            "CREATE TABLE user_removal (user_id TEXT PRIMARY KEY NOT NULL, state TEXT NOT NULL)",
            """
            CREATE TABLE webhook_endpoint (
                id TEXT PRIMARY KEY NOT NULL, tenant_id TEXT NOT NULL, url TEXT NOT NULL
            )
            """,
            "CREATE INDEX webhook_endpoint_by_tenant ON webhook_endpoint (tenant_id, id)",
            """
            CREATE TABLE contract_member (
                contract_id TEXT NOT NULL REFERENCES contract (id) ON DELETE RESTRICT,
                user_id TEXT NOT NULL,
                roles TEXT NOT NULL,
                is_owner INTEGER NOT NULL,
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
            CREATE TABLE audit_event (
                contract_id TEXT NOT NULL,
                number INTEGER NOT NULL,
                tenant_id TEXT NOT NULL,
                at INTEGER NOT NULL,
                actor TEXT NOT NULL,
                request_id TEXT NOT NULL,
                action TEXT NOT NULL,
                change TEXT NOT NULL,
                previous_hash BLOB NOT NULL,
                hash BLOB NOT NULL,
                PRIMARY KEY (contract_id, number)
            )
            """,
            """
            CREATE TABLE audit_person (
                contract_id TEXT NOT NULL,
                number INTEGER NOT NULL,
                part TEXT NOT NULL,
                user_id TEXT NOT NULL,
                request_id TEXT NOT NULL,
                salt BLOB NOT NULL,
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
}
