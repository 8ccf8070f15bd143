import Storage

extension DatabaseConformance {
    private static func onOutbox(
        _ description: String,
        _ check: @escaping @Sendable (any Database, Outbox) async throws -> Void
    ) -> DatabaseConformance {
        DatabaseConformance(description) { store in
            let database = try await store.open([Outbox.migration])
            try await check(database, Outbox(clock: ManualWallClock()))
            try await database.close()
        }
    }

    private static func message(
        to destination: String = "peer", about key: String = "one", epoch: Int64,
        payload: [UInt8] = [1]
    ) -> OutboxMessage {
        OutboxMessage(
            destination: destination, key: key, epoch: epoch, kind: "State", payload: payload)
    }

    static let messaging = [
        onOutbox("a message is in the outbox if and only if its transaction commits") {
            database, outbox in
            struct Refusal: Error {}
            try await database.write { try outbox.enqueue(message(epoch: 1), in: $0) }
            do {
                try await database.write { transaction in
                    try outbox.enqueue(message(about: "two", epoch: 1), in: transaction)
                    throw Refusal()
                }
            } catch is Refusal {}
            let waiting = try await database.read {
                (try outbox.waiting(about: "one", in: $0), try outbox.waiting(about: "two", in: $0))
            }
            try expectEqual(waiting.0.map(\.message), [message(epoch: 1)], "waiting about one")
            try expectEqual(waiting.1, [], "waiting about two")
        },
        onOutbox("of the messages to one destination about one thing the newest waits") {
            database, outbox in
            let outcomes = try await database.write { transaction in
                try [
                    message(epoch: 2), message(epoch: 1), message(epoch: 2), message(epoch: 3),
                    message(to: "other", epoch: 1),
                ].map { try outbox.enqueue($0, in: transaction) }
            }
            try expectEqual(outcomes, [true, false, false, true, true], "taken")
            let waiting = try await database.read { try outbox.waiting(about: "one", in: $0) }
            try expectEqual(
                waiting.map(\.message), [message(to: "other", epoch: 1), message(epoch: 3)],
                "waiting")
        },
        onOutbox("two different messages of one epoch are a conflict") { database, outbox in
            try await database.write { try outbox.enqueue(message(epoch: 1), in: $0) }
            try await expectError(.conflict, "another payload") {
                try await database.write {
                    try outbox.enqueue(message(epoch: 1, payload: [2]), in: $0)
                }
            }
        },
        DatabaseConformance("a repeated request gets the stored answer and no second effect") {
            store in
            let database = try await store.open([table, Inbox.migration])
            let inbox = Inbox(clock: ManualWallClock())
            @Sendable func receive(_ request: String, from sender: String, _ id: Int) async throws
                -> [UInt8]
            {
                try await database.write { transaction in
                    try inbox.answer(
                        to: request, from: sender, content: [UInt8(id)], in: transaction
                    ) {
                        try transaction.insertItem(id)
                        return [UInt8(id), 0]
                    }
                }
            }
            for _ in 1...2 {
                try expectEqual(try await receive("r", from: "a", 1), [1, 0], "answer")
            }
            try expectEqual(try await receive("r", from: "b", 2), [2, 0], "other sender's answer")
            try await expectError(.conflict, "other content") {
                try await receive("r", from: "a", 3)
            }
            try await expectError(.constraintUnique, "an effect that fails") {
                try await receive("s", from: "a", 1)
            }
            try expectEqual(try await receive("s", from: "a", 4), [4, 0], "after a failed effect")
            try expectEqual(try await database.itemIDs(), [1, 2, 4], "effects")
            try await database.close()
        },
    ]
}
