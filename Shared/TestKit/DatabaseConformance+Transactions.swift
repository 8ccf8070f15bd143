import Dispatch
import Storage

extension DatabaseConformance {
    static let transactions = [
        onTable("a write is seen by every read that starts after it") { database in
            for id in 1...20 {
                try await database.write { try $0.insertItem(id) }
                let read = try await database.read {
                    try $0.row("SELECT id FROM item WHERE id = ?", [id]) != nil
                }
                let lookUp = try await database.lookUp {
                    try $0.row("SELECT id FROM item WHERE id = ?", [id]) != nil
                }
                try expect(read && lookUp, "row \(id) is not seen")
            }
        },
        onTable("the version has grown by the time a write is acknowledged") { database in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for id in 1...100 {
                    group.addTask {
                        let before = database.version
                        try await database.write { try $0.insertItem(id) }
                        try expect(database.version > before, "version after row \(id)")
                    }
                }
                try await group.waitForAll()
            }
            let version = database.version
            _ = try await database.itemIDs()
            try expectEqual(database.version, version, "version after a read")
        },
        onTable("a write that throws changes nothing and its caller gets its error") { database in
            struct Refusal: Error {}
            do {
                try await database.write { transaction in
                    try transaction.insertItem(1)
                    throw Refusal()
                }
                throw ConformanceFailure(description: "threw nothing")
            } catch is Refusal {}
            try expectEqual(try await database.itemIDs(), [], "rows")
        },
        onTable("writes at the same time do not undo one another when some fail") { database in
            let failed = await withTaskGroup(of: Int?.self) { group in
                for id in 1...200 {
                    group.addTask {
                        do {
                            try await database.write { transaction in
                                try transaction.insertItem(id)
                                if id % 3 == 0 { try transaction.insertItem(id) }
                            }
                            return nil
                        } catch {
                            return id
                        }
                    }
                }
                return await group.reduce(into: Set<Int>()) { if let id = $1 { $0.insert(id) } }
            }
            try expectEqual(failed, Set((1...200).filter { $0 % 3 == 0 }), "failed")
            try expectEqual(
                try await database.itemIDs(), (1...200).filter { $0 % 3 != 0 }, "rows")
        },
        onTable("writes are carried out in the order they were handed in") { database in
            let order = Journal<Int>()
            // The first holds the writer until the others have been handed in.
            let goOn = DispatchSemaphore(value: 0)
            let writes = (1...10).map { id in
                Task.immediate {
                    try await database.write { transaction in
                        if id == 1 { goOn.wait() }
                        order.append(id)
                        try transaction.insertItem(id)
                    }
                }
            }
            goOn.signal()
            for write in writes { try await write.value }
            try expectEqual(order.entries, Array(1...10), "order")
        },
        onTable("a read sees one snapshot throughout") { database in
            try await database.write { try $0.insertItem(1) }
            let between = DispatchSemaphore(value: 0)
            let started = Gate()
            async let counts = database.read { transaction in
                let count = "SELECT COUNT(id) AS n FROM item"
                let before = try transaction.row(count)?.int("n")
                started.open()
                between.wait()
                return [before, try transaction.row(count)?.int("n")]
            }
            await started.pass()
            try await database.write { try $0.insertItem(2) }
            between.signal()
            try expectEqual(try await counts, [1, 1], "rows counted before and after")
        },
        onTable("actions after the commit run before the write returns, else never") { database in
            let log = Journal<String>()
            try await database.write { transaction in
                transaction.afterCommit { log.append("first") }
                transaction.afterCommit { log.append("second") }
                log.append("body")
                try transaction.insertItem(1)
            }
            try expectEqual(log.entries, ["body", "first", "second"], "actions")
            try await expectError(.constraintUnique, "a second row 1") {
                try await database.write { transaction in
                    transaction.afterCommit { log.append("never") }
                    try transaction.insertItem(1)
                }
            }
            try expectEqual(log.entries.count, 3, "actions")
        },
        onTable("cancelling the caller does not undo its write or a neighbour's") { database in
            let isUnderway = Gate()
            let goOn = DispatchSemaphore(value: 0)
            let first = Task {
                try await database.write { transaction in
                    try transaction.insertItem(1)
                    isUnderway.open()
                    goOn.wait()
                    return "durable"
                }
            }
            await isUnderway.pass()
            let second = Task { try await database.write { try $0.insertItem(2) } }
            first.cancel()
            second.cancel()
            goOn.signal()
            try expectEqual(try await first.value, "durable", "answer")
            try await second.value
            try expectEqual(try await database.itemIDs(), [1, 2], "rows")
        },
        DatabaseConformance("after closing, everything is refused") { store in
            let database = try await store.open([Self.table])
            try await database.close()
            try await expectError(.closed, "write") {
                try await database.write { try $0.insertItem(1) }
            }
            try await expectError(.closed, "read") { try await database.itemIDs() }
            try await expectError(.closed, "look up") {
                try await database.lookUp { try $0.rows("SELECT id FROM item") }
            }
        },
        DatabaseConformance("closing carries out the writes that wait") { store in
            let database = try await store.open([Self.table])
            let isUnderway = Gate()
            let goOn = DispatchSemaphore(value: 0)
            let first = Task {
                try await database.write { transaction in
                    isUnderway.open()
                    goOn.wait()
                    try transaction.insertItem(1)
                }
            }
            await isUnderway.pass()
            async let closed: Void = database.close()
            goOn.signal()
            try await first.value
            try await closed
            let again = try await store.open([Self.table])
            try expectEqual(try await again.itemIDs(), [1], "rows")
            try await again.close()
        },
        DatabaseConformance("reopening keeps the rows and raises the instance fence") { store in
            var last: Int64 = 0
            for opening in 1...3 {
                let database = try await store.open([Self.table])
                try expect(database.instanceFence > last, "the fence did not grow")
                last = database.instanceFence
                try await database.write { try $0.insertItem(opening) }
                try expectEqual(try await database.itemIDs(), Array(1...opening), "rows")
                try await database.close()
            }
        },
        onTable("checkpointing loses nothing") { database in
            for id in 1...3 { try await database.write { try $0.insertItem(id) } }
            try await database.checkpointTruncate()
            try expectEqual(try await database.itemIDs(), [1, 2, 3], "rows")
        },
    ]
}
