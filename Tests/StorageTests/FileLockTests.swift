import Foundation
import Glibc
import TestKit
import Testing

@testable import Storage

@Suite("The lock beside a database file")
struct FileLockTests {
    @Test("a second holder is refused until the first gives it up")
    func refuses() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("store.db.lock")
        do {
            let first = try FileLock(path: path)
            #expect(throws: StorageError.self) { _ = try FileLock(path: path) }
            _ = consume first
        }
        _ = try FileLock(path: path)
    }

    @Test("given up, it is free even while a child that has not come to its exec has a copy")
    func copies() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("store.db.lock")
        var copy: Int32 = -1
        do {
            let lock = try FileLock(path: path)
            // A fork shares the open file as a duplicate does.
            copy = dup(try Self.descriptor(of: path))
            _ = consume lock
        }
        defer { close(copy) }
        #expect(copy >= 0)
        _ = try FileLock(path: path)
    }

    private static func descriptor(of path: String) throws -> Int32 {
        let all = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        let found = all.first { name in
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)"))
                == path
        }
        return try #require(found.flatMap { Int32($0) })
    }
}
