import Storage

extension DatabaseConformance {
    static let statements = [
        onTable("values come back as they went in") { database in
            let everyByte = (0...255).map { UInt8($0) }
            let text = "quote ' \" NUL-free, Ünïcödé 🦉\n"
            try await database.write { transaction in
                try transaction.execute(
                    "INSERT INTO item (id, name, weight, body, parent) VALUES (?, ?, ?, ?, ?)",
                    [Int64.max, text, 0.1, everyByte, Int?.none])
            }
            let row = try await database.read {
                try $0.row("SELECT id, name, weight, body, parent FROM item")
            }
            guard let row else { throw ConformanceFailure(description: "no row") }
            try expectEqual(try row.int64("id"), .max, "integer")
            try expectEqual(try row.text("name"), text, "text")
            try expectEqual(try row.real("weight"), 0.1, "real")
            try expectEqual(try row.blob("body"), everyByte, "blob")
            try expectEqual(try row.optionalInt("parent"), nil, "null")
        },
        onTable("an empty text and an empty blob are not null") { database in
            let row = try await database.write {
                try $0.row(
                    "INSERT INTO item (id, name, body) VALUES (1, ?, ?) RETURNING name, body",
                    ["", [UInt8]()])
            }
            try expectEqual(try row?.text("name"), "", "text")
            try expectEqual(try row?.blob("body"), [], "blob")
        },
        onTable("a text may hold any character, and be long") { database in
            let texts = ["a\0b", "\u{1F600}\u{E9}", String(repeating: "x", count: 100_000)]
            for text in texts {
                let found = try await database.write { transaction in
                    try transaction.row("SELECT ? AS text", [text])?.text("text")
                }
                try expect(found == text, "\(text.prefix(10)) comes back as it went in")
            }
        },
        onTable("a statement with too few or too many arguments is refused") { database in
            for arguments: [Int] in [[], [1, 2]] {
                try await expectError(.misuse, "\(arguments.count) arguments") {
                    try await database.read {
                        try $0.rows("SELECT id FROM item WHERE id = ?", arguments).count
                    }
                }
            }
            try await database.write { try $0.insertItem(1) }
            try expectEqual(try await database.itemIDs(), [1], "rows")
        },
        onTable("a column that is missing, null or of another type is an error") { database in
            try await database.write { try $0.insertItem(1) }
            let row = try await database.read { try $0.row("SELECT id, weight FROM item") }
            try await expectError(.misuse, "a missing column") { try row?.int("nothing") }
            try await expectError(.misuse, "a null column") { try row?.real("weight") }
            try await expectError(.misuse, "text of an integer") { try row?.text("id") }
        },
        onTable("executing says how many rows changed") { database in
            try await database.write { transaction in
                for id in 1...5 { try transaction.insertItem(id) }
                let updated = try transaction.execute(
                    "UPDATE item SET weight = 1.0 WHERE id > ?", [2])
                try expectEqual(updated, 3, "updated")
                let deleted = try transaction.execute("DELETE FROM item WHERE id = ?", [9])
                try expectEqual(deleted, 0, "deleted")
            }
        },
        onTable("ON CONFLICT updates or does nothing, RETURNING answers") { database in
            try await database.write { transaction in
                try transaction.insertItem(1)
                let ignored = try transaction.execute(
                    """
                    INSERT INTO item (id, name) VALUES (1, 'other') ON CONFLICT (id) DO NOTHING
                    """)
                try expectEqual(ignored, 0, "rows inserted over an existing one")
                let updated = try transaction.rows(
                    """
                    INSERT INTO item (id, name) VALUES (1, 'other'), (2, 'two')
                    ON CONFLICT (id) DO UPDATE SET name = excluded.name RETURNING name
                    """)
                try expectEqual(try updated.map { try $0.text("name") }, ["other", "two"], "names")
            }
        },
        onTable("a changing statement asked for one row is carried out to its end") { database in
            try await database.write { transaction in
                for id in 1...5 { try transaction.insertItem(id) }
                let row = try transaction.row("DELETE FROM item WHERE id > 1 RETURNING id")
                try expect(row != nil, "no row")
            }
            try expectEqual(try await database.itemIDs(), [1], "rows")
        },
        onTable("each constraint has its code") { database in
            try await database.write { try $0.insertItem(1) }
            let statements: [(StorageError.Code, String)] = [
                (.constraintUnique, "INSERT INTO item (id, name) VALUES (1, 'new')"),
                (.constraintUnique, "INSERT INTO item (id, name) VALUES (2, 'item 1')"),
                (.constraintForeignKey, "INSERT INTO item (id, name, parent) VALUES (2, 'n', 9)"),
                (.constraintCheck, "INSERT INTO item (id, name, weight) VALUES (2, 'n', -1.0)"),
                (.constraintNotNull, "INSERT INTO item (id) VALUES (2)"),
                (.constraintType, "INSERT INTO item (id, name, weight) VALUES (2, 'n', 'heavy')"),
            ]
            for (code, sql) in statements {
                try await expectError(code, sql) {
                    try await database.write { try $0.execute(sql) }
                }
            }
            try await database.write { try $0.insertItem(2, parent: 1) }
            try await expectError(.constraintForeignKey, "deleting a parent") {
                try await database.write { try $0.execute("DELETE FROM item WHERE id = 1") }
            }
            try expectEqual(try await database.itemIDs(), [1, 2], "rows")
        },
        onTable("a write that catches a constraint error may go on") { database in
            try await database.write { transaction in
                try transaction.insertItem(1)
                do {
                    try transaction.insertItem(1)
                } catch let error as StorageError where error.code == .constraintUnique {}
                try transaction.insertItem(2)
            }
            try expectEqual(try await database.itemIDs(), [1, 2], "rows")
        },
        onTable("statements that are not about rows are refused") { database in
            for sql in [
                "COMMIT", "ROLLBACK", "BEGIN", "SAVEPOINT x", "DROP TABLE item", "",
                "CREATE TABLE other (id INTEGER)", "SELECT 1; SELECT 2",
                "SELECT id FROM item; COMMIT", "SELECT nonsense FROM item",
                "SELECT id FROM nowhere", "SELECT id FROM item WHERE id = ?",
            ] {
                try await expectError(.misuse, "\"\(sql)\"") {
                    try await database.write { transaction in
                        try transaction.insertItem(1)
                        try transaction.execute(sql)
                    }
                }
            }
            try expectEqual(try await database.itemIDs(), [], "rows")
        },
        onTable("a read cannot change anything") { database in
            try await expectError(.misuse, "an insert in a read") {
                try await database.read {
                    try $0.rows("INSERT INTO item (id, name) VALUES (1, '')")
                }
            }
            try await expectError(.misuse, "an insert in a look-up") {
                try await database.lookUp {
                    try $0.rows("INSERT INTO item (id, name) VALUES (1, '')")
                }
            }
            try expectEqual(try await database.itemIDs(), [], "rows")
        },
    ]
}
