import Storage

extension Load {
    /// What adding a member stores: the membership, its event in the trail, and who it is about.
    static let members = Load(
        schema: Self.memberTables,
        begin: { transaction in
            try transaction.execute("INSERT INTO contract (id) VALUES (?)", [Self.contract])
        },
        store: { number, transaction in
            let user = Self.identifier(number)
            try transaction.execute(
                """
                INSERT INTO contract_member (contract_id, user_id, roles, is_owner, added_at)
                VALUES (?, ?, 'owner', 1, 0)
                """, [Self.contract, user])
            try transaction.execute(
                """
                INSERT INTO audit_event (
                    contract_id, number, tenant_id, at, actor, request_id, action, change,
                    previous_hash, hash
                ) VALUES (?, ?, ?, 0, ?, '', 'member.add', ?, ?, ?)
                """,
                [
                    Self.contract, number + 1, Self.contract, Self.seal, Self.change, Self.hash,
                    Self.hash,
                ])
            for part in ["author", "subject"] {
                try transaction.execute(
                    """
                    INSERT INTO audit_person
                        (contract_id, number, part, user_id, request_id, salt)
                    VALUES (?, ?, ?, ?, '', ?)
                    """, [Self.contract, number + 1, part, user, Self.hash])
            }
        })

    private static let contract = "5b87aded2dfb980011537690"
    private static let seal = "sha256:" + String(repeating: "0", count: 64)
    private static let change = "{\"subject\":\"\(seal)\",\"after\":{\"roles\":[\"owner\"]}}"
    private static let hash = [UInt8](repeating: 7, count: 32)

    private static let memberTables = Migration(
        "members-1",
        [
            "CREATE TABLE contract (id TEXT PRIMARY KEY NOT NULL)",
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
