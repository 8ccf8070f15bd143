import Foundation
import TestKit
import Testing

@testable import Storage

@Suite struct DurabilityTests {
    @Test("the writer synchronises fully, erases what it deletes and enforces foreign keys")
    func settings() async throws {
        let database = try SQLiteStore().openSQLite([noteTable])
        let settings = try await database.currentSettings()
        #expect(settings.synchronous == 2)
        #expect(settings.secureDelete == 1)
        #expect(settings.foreignKeys == 1)
        #expect(settings.journalMode == "wal")
        #expect(settings == database.settings)
        try await database.close()
    }

    @Test(
        "a database that is not set for durability is refused",
        arguments: [(1, 1, 1, "wal"), (2, 0, 1, "wal"), (2, 1, 0, "wal"), (2, 1, 1, "delete")])
    func refusal(_ synchronous: Int64, _ secure: Int64, _ keys: Int64, _ journal: String) {
        func fault(_ values: (Int64, Int64, Int64, String)) -> String? {
            SQLiteSettings(
                synchronous: values.0, secureDelete: values.1, foreignKeys: values.2,
                journalMode: values.3, libraryVersion: ""
            ).fault
        }
        #expect(fault((2, 1, 1, "wal")) == nil)
        #expect(fault((synchronous, secure, keys, journal)) != nil)
    }

    @Test("a copy of the files made at an acknowledgement holds the acknowledged row")
    func acknowledgedRowsAreInTheFiles() async throws {
        let store = try SQLiteStore()
        let database = try store.openSQLite([noteTable])
        for number in 1...10 {
            try await database.write { try $0.insertNote("note \(number)") }
            let copy = try SQLiteStore()
            for suffix in ["", "-wal"] {
                try FileManager.default.copyItem(
                    atPath: store.path + suffix, toPath: copy.path + suffix)
            }
            let copied = try copy.openSQLite([noteTable])
            #expect(try await copied.notes() == (1...number).map { "note \($0)" })
            try await copied.close()
        }
        try await database.close()
    }

    @Test("a torn end of the log takes nothing acknowledged with it")
    func tornLog() async throws {
        let store = try SQLiteStore()
        let database = try store.openSQLite([noteTable])
        try await database.write { try $0.insertNote("kept") }
        let length = try Data(contentsOf: URL(fileURLWithPath: store.path + "-wal")).count
        try await database.write { try $0.insertNote("torn") }
        let copy = try SQLiteStore()
        try FileManager.default.copyItem(atPath: store.path, toPath: copy.path)
        let log = try Data(contentsOf: URL(fileURLWithPath: store.path + "-wal"))
        try log.prefix(length + 1000).write(to: URL(fileURLWithPath: copy.path + "-wal"))
        let copied = try copy.openSQLite([noteTable])
        #expect(try await copied.notes() == ["kept"])
        try await copied.close()
        try await database.close()
    }

    @Test("after deleting and truncating, no byte of the rows is in the files")
    func deletedBytesAreGone() async throws {
        let store = try SQLiteStore()
        let database = try store.openSQLite([noteTable])
        let marker = "MARKER-7f3a"
        for part in 1...5 {
            try await database.write { transaction in
                for number in 1...60 { try transaction.insertNote("\(marker) \(part) \(number)") }
            }
        }
        let long = String(repeating: marker, count: 2000)
        try await database.write { try $0.insertNote(long) }
        try await database.checkpointTruncate()
        #expect(try store.count(marker) > 300)
        try await database.write { try $0.execute("DELETE FROM note") }
        try await database.checkpointTruncate()
        #expect(try store.count(marker) == 0)
        try await database.close()
        #expect(try store.count(marker) == 0)
    }

    @Test("only the owner may read the files")
    func permissions() async throws {
        let store = try SQLiteStore()
        let path = store.folder.file("made/by/driver/store.db")
        let database = try await SQLiteDatabase.open(at: path, migrations: [noteTable])
        try await database.write { try $0.insertNote("private") }
        for suffix in ["", "-wal", "-shm", ".lock"] {
            #expect(try Self.mode(path + suffix) == 0o600, "\(suffix)")
        }
        #expect(try Self.mode(store.folder.file("made/by/driver")) == 0o700)
        try await database.close()
    }

    @Test("a folder that others may enter is refused and left as it is")
    func openFolder() async throws {
        let store = try SQLiteStore()
        let folder = store.folder.file("open")
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false,
            attributes: [.posixPermissions: 0o755])
        let error = await #expect(throws: StorageError.self) {
            try await SQLiteDatabase.open(at: folder + "/store.db", migrations: [])
        }
        #expect(error?.message.contains("chmod 700 \(folder)") == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
    }

    @Test("a database that is open cannot be opened again until it is closed")
    func lock() async throws {
        let store = try SQLiteStore()
        let database = try store.openSQLite([noteTable])
        let error = #expect(throws: StorageError.self) { try store.openSQLite([noteTable]) }
        #expect(error?.code == .locked)
        try await database.close()
        try await store.openSQLite([noteTable]).close()
    }

    @Test("closing twice is as good as once, and nothing works afterwards")
    func closedTwice() async throws {
        let database = try SQLiteStore().openSQLite([noteTable])
        try await database.close()
        try await database.close()
        for call in [database.checkpointTruncate, { _ = try await database.currentSettings() }] {
            let error = await #expect(throws: StorageError.self) { try await call() }
            #expect(error?.code == .closed)
        }
    }

    @Test("a damaged file is refused")
    func damage() async throws {
        let store = try SQLiteStore()
        let database = try store.openSQLite([noteTable])
        try await database.write { transaction in
            for number in 1...500 { try transaction.insertNote("note \(number)") }
        }
        try await database.close()
        let file = try #require(FileHandle(forUpdatingAtPath: store.path))
        try file.seek(toOffset: 4096 * 3)
        try file.write(contentsOf: Data(repeating: 0xEE, count: 4096 * 4))
        try file.close()
        let error = #expect(throws: StorageError.self) { try store.openSQLite([noteTable]) }
        #expect(error?.code == .corrupt)
    }

    @Test("a file that is something else is refused and left as it is")
    func foreignFile() async throws {
        let store = try SQLiteStore()
        let content = Data("this is a letter, not a database, and it is long enough".utf8)
        try content.write(to: URL(fileURLWithPath: store.path))
        let error = #expect(throws: StorageError.self) { try store.openSQLite([noteTable]) }
        #expect(error?.code == .corrupt)
        #expect(try Data(contentsOf: URL(fileURLWithPath: store.path)) == content)
    }

    private static func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return try #require(attributes[.posixPermissions] as? NSNumber).intValue
    }
}

extension SQLiteStore {
    /// How often `marker` is in any file of the store.
    func count(_ marker: String) throws -> Int {
        let folder = self.folder.path
        return try FileManager.default.contentsOfDirectory(atPath: folder).reduce(0) {
            count, name in
            var data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)"))
            var found = 0
            while let range = data.range(of: Data(marker.utf8)) {
                found += 1
                data = Data(data[range.upperBound...])
            }
            return count + found
        }
    }
}
