import Storage

extension DatabaseConformance {
    static let schema = [
        DatabaseConformance("migrations are applied once, new ones when they are appended") {
            store in
            let next = Migration("conformance-2", ["ALTER TABLE item ADD COLUMN note TEXT"])
            for migrations in [[table], [table], [table, next], [table, next]] {
                try await store.open(migrations).close()
            }
            let database = try await store.open([table, next])
            try await database.write {
                try $0.execute("INSERT INTO item (id, name, note) VALUES (1, 'a', 'b')")
            }
            try await database.close()
        },
        DatabaseConformance("a list that is not the recorded one continued is refused") { store in
            let next = Migration("conformance-2", ["CREATE TABLE other (id INTEGER PRIMARY KEY)"])
            let edited = Migration(next.name, next.statements + ["DELETE FROM other"])
            try await store.open([table, next]).close()
            for (what, migrations) in [
                ("edited", [table, edited]), ("missing", [table]), ("moved", [next, table]),
                ("twice", [table, next, next]),
            ] {
                try await expectError(.migration, what) { try await store.open(migrations) }
            }
            try await store.open([table, next]).close()
        },
        DatabaseConformance("a migration that fails leaves nothing behind") { store in
            let broken = Migration(
                "conformance-2",
                ["CREATE TABLE other (id INTEGER PRIMARY KEY)", "INSERT INTO nowhere VALUES (1)"])
            try await expectError(.migration, "broken") { try await store.open([table, broken]) }
            let mended = Migration(
                "conformance-2", ["CREATE TABLE other (id INTEGER PRIMARY KEY)"])
            try await store.open([table, mended]).close()
        },
        DatabaseConformance("SQL that only one database understands is refused") { store in
            for statement in [
                "PRAGMA synchronous = OFF",
                "CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT)",
                "CREATE TABLE t (id INTEGER PRIMARY KEY) WITHOUT ROWID",
                "CREATE TABLE t (at INTEGER DEFAULT CURRENT_TIMESTAMP)",
                "INSERT OR REPLACE INTO t VALUES (1)",
                "CREATE TABLE t (id DATE)",
            ] {
                try await expectError(.migration, statement) {
                    try await store.open([Migration("conformance-1", [statement])])
                }
            }
        },
        DatabaseConformance("a serial key counts upwards and is never used again") { store in
            let serial = Migration(
                "conformance-1",
                ["CREATE TABLE entry (sequence SERIAL_KEY, name TEXT NOT NULL DEFAULT '(')"])
            let insert = "INSERT INTO entry (name) VALUES ('a') RETURNING sequence"
            var database = try await store.open([serial])
            let first = try await database.write { transaction in
                try [transaction.row(insert), transaction.row(insert)].map {
                    try $0?.int("sequence")
                }
            }
            try await database.write { try $0.execute("DELETE FROM entry") }
            try await database.close()
            database = try await store.open([serial])
            let third = try await database.write { try $0.row(insert)?.int("sequence") }
            try expectEqual(first + [third], [1, 2, 3], "keys")
            try await database.close()
        },
    ]
}
