import Storage

extension Load {
    /// What accepting a webhook stores.
    static let messages = Load(
        schema: Self.messageTables,
        begin: { _, transaction in
            try transaction.execute(
                "INSERT INTO flow (id, queued, bytes) VALUES (?, 0, 0) ON CONFLICT DO NOTHING",
                [Self.flow])
        },
        store: { number, transaction in
            let execution = Self.identifier(number)
            try transaction.execute(
                """
                INSERT INTO execution
                    (id, flow_id, contract_id, version, state, attempts, received_at, finished_at)
                VALUES (?, ?, ?, 1, 'queued', 0, 0, NULL)
                """, [execution, Self.flow, Self.flow])
            try transaction.execute(
                """
                INSERT INTO message
                    (execution_id, flow_id, contract_id, content, bytes, attempt, due_at)
                VALUES (?, ?, ?, ?, ?, 1, 0)
                """, [execution, Self.flow, Self.flow, Self.content, Self.content.utf8.count])
            try transaction.execute(
                "UPDATE flow SET queued = queued + 1, bytes = bytes + ? WHERE id = ?",
                [Self.content.utf8.count, Self.flow])
        })

    private static let flow = "5b87aded2dfb980011537690"
    private static let content = String(repeating: "x", count: 200)

    private static let messageTables = Migration(
        "messages-1",
        [
            """
            CREATE TABLE flow (
                id TEXT PRIMARY KEY NOT NULL,
                queued INTEGER NOT NULL,
                bytes INTEGER NOT NULL
            )
            """,
            """
            CREATE TABLE execution (
                id TEXT PRIMARY KEY NOT NULL,
                flow_id TEXT NOT NULL REFERENCES flow (id) ON DELETE RESTRICT,
                contract_id TEXT NOT NULL,
                version INTEGER NOT NULL,
                state TEXT NOT NULL,
                attempts INTEGER NOT NULL,
                received_at INTEGER NOT NULL,
                finished_at INTEGER
            )
            """,
            "CREATE INDEX execution_flow ON execution (flow_id, received_at, id)",
            "CREATE INDEX execution_contract ON execution (contract_id)",
            """
            CREATE TABLE message (
                seq SERIAL_KEY,
                execution_id TEXT NOT NULL UNIQUE REFERENCES execution (id) ON DELETE RESTRICT,
                flow_id TEXT NOT NULL REFERENCES flow (id) ON DELETE RESTRICT,
                contract_id TEXT NOT NULL,
                content TEXT NOT NULL,
                bytes INTEGER NOT NULL,
                attempt INTEGER NOT NULL,
                due_at INTEGER NOT NULL
            )
            """,
            "CREATE INDEX message_flow ON message (flow_id, seq)",
            "CREATE INDEX message_contract ON message (contract_id)",
        ])
}
