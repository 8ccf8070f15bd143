import Foundation

/// Where a database lives on the disk: who may see it, how large its log is.
struct StoreFile: Sendable {
    /// The database file; the log, the index of the log and the lock are beside it.
    let path: String

    var lockPath: String { self.path + ".lock" }
    var logPath: String { self.path + "-wal" }

    /// Size of the write-ahead log, 0 when there is none.
    var logBytes: Int {
        var status = stat()
        return stat(self.logPath, &status) == 0 ? Int(status.st_size) : 0
    }

    /// Makes the folder (0700) and the file (0600) unless they exist, and keeps others out.
    ///
    /// A folder that exists already is never changed: one that other users may enter is refused.
    func prepare() throws(StorageError) {
        guard self.path.hasPrefix("/") else {
            throw StorageError(.misuse, "the database's path is not absolute: \(self.path)")
        }
        let folder = URL(fileURLWithPath: self.path).deletingLastPathComponent().path
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw StorageError(.io, "cannot make the folder \(folder)")
        }
        var status = stat()
        guard stat(folder, &status) == 0 else { throw Self.failure("look at", folder) }
        guard status.st_mode & 0o077 == 0 else {
            let mode = String(status.st_mode & 0o7777, radix: 8)
            throw StorageError(
                .misuse, "others may enter \(folder) (mode \(mode)); run: chmod 700 \(folder)")
        }
        try self.prepareFile(in: folder)
    }

    private func prepareFile(in folder: String) throws(StorageError) {
        let file = open(self.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Self.failure("open", self.path) }
        defer { close(file) }
        guard fchmod(file, 0o600) == 0 else { throw Self.failure("protect", self.path) }
        let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw Self.failure("open", folder) }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw Self.failure("synchronise", folder) }
    }

    private static func failure(_ verb: String, _ path: String) -> StorageError {
        StorageError(.io, "cannot \(verb) \(path): \(String(cString: strerror(errno)))")
    }
}
