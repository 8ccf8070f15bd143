import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// The right to supervise a data directory: one process at a time, for as long as it lives.
///
/// An advisory lock (flock(2)) that the system takes back when the process ends, however it ends.
struct SupervisorLock: ~Copyable {
    private let descriptor: Int32

    /// How often the lock is tried for, a hundredth of a second apart: somebody who only looks
    /// whether it is held holds it for an instant.
    private static let triesMax = 20

    /// Takes the lock; `nil` when another process holds it.
    init?(_ file: URL) throws {
        let descriptor = open(file.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw SuiteError("\(file.path) cannot be opened: \(String(cString: strerror(errno)))")
        }
        var tries = 1
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard tries < Self.triesMax else {
                close(descriptor)
                return nil
            }
            tries += 1
            usleep(10_000)
        }
        let text = "\(getpid())\n"
        _ = ftruncate(descriptor, 0)
        _ = text.withCString { pwrite(descriptor, $0, strlen($0), 0) }
        self.descriptor = descriptor
    }

    deinit { close(self.descriptor) }

    /// The process that holds the lock, if one does.
    static func holder(of file: URL) -> Int32? {
        guard let text = try? String(contentsOf: file, encoding: .utf8),
            let process = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines))
        else { return nil }
        let descriptor = open(file.path, O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) != 0 else { return nil }
        return process
    }
}
