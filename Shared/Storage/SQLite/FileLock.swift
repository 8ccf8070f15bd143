#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The right to be the only process that opens a database file; given up when it goes away.
///
/// The lock is held on a file beside the database (`….lock`), because closing any descriptor of the
/// database itself would drop the locks SQLite holds on it. The kernel releases it when the process
/// dies, so it never has to be cleaned up. Children started with exec do not keep it; one that has
/// not come to its exec yet holds a copy of the descriptor, so the lock is given up by name.
struct FileLock: ~Copyable {
    private let descriptor: Int32

    /// Takes the lock, or throws ``StorageError/Code/locked``.
    init(path: String) throws(StorageError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StorageError(.io, "cannot open \(path): \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw StorageError(.locked, "another process has the database open (it holds \(path))")
        }
        self.descriptor = descriptor
    }

    deinit {
        flock(self.descriptor, LOCK_UN)
        close(self.descriptor)
    }
}
