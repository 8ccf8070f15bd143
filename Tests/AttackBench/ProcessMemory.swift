#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What the kernel says this process uses.
///
/// Its file is opened once: an attack may leave no descriptor for another time.
final class ProcessMemory: Sendable {
    /// A file that could not be opened.
    struct Unreadable: Error {
        let errno: Int32
    }

    private let file: Int32

    /// - Throws: ``Unreadable``, where there is a `/proc` to read.
    init() throws {
        #if os(Linux)
            self.file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
            guard self.file >= 0 else { throw Unreadable(errno: errno) }
        #else
            self.file = -1
        #endif
    }

    deinit { close(self.file) }

    /// Memory that is resident now; zero where there is no `/proc`.
    var residentBytes: Int {
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = buffer.withUnsafeMutableBytes { pread(self.file, $0.baseAddress, $0.count, 0) }
        guard count > 0 else { return 0 }
        let fields = String(decoding: buffer.prefix(count), as: UTF8.self).split(separator: " ")
        let pages = fields.dropFirst().first.flatMap { Int($0) } ?? 0
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
