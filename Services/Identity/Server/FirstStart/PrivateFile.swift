#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file that only the service's user may read, written whole or not at all.
struct PrivateFile: ~Copyable {
    private let descriptor: Int32

    /// What the system said no to.
    struct Failure: Error, CustomStringConvertible {
        let description: String

        init(_ what: String, _ path: String) {
            self.description = "cannot \(what) \(path): \(String(cString: strerror(errno)))"
        }
    }

    /// Writes a file in the place of whatever has that name; durable when this returns.
    ///
    /// A crash leaves the old file or the new, and at worst a `.new` beside it.
    static func replace(_ path: String, with bytes: [UInt8]) throws(Failure) {
        let new = "\(path).new"
        unlink(new)
        let file = try PrivateFile(creating: new)
        try file.append(bytes, new)
        guard rename(new, path) == 0 else { throw Failure("rename to", path) }
        let end = path.lastIndex(of: "/") ?? path.startIndex
        try PrivateFile(opening: end > path.startIndex ? String(path[..<end]) : "/").sync(path)
    }

    private init(creating path: String) throws(Failure) {
        self.descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard self.descriptor >= 0 else { throw Failure("create", path) }
    }

    private init(opening directory: String) throws(Failure) {
        self.descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard self.descriptor >= 0 else { throw Failure("open", directory) }
    }

    deinit { _ = close(self.descriptor) }

    private borrowing func append(_ bytes: [UInt8], _ path: String) throws(Failure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let descriptor = self.descriptor
            let count = rest.withUnsafeBytes { Self.put(descriptor, $0) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Failure("write", path) }
            rest = rest.dropFirst(count)
        }
        try self.sync(path)
    }

    private static func put(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        write(descriptor, bytes.baseAddress, bytes.count)
    }

    private borrowing func sync(_ path: String) throws(Failure) {
        guard fsync(self.descriptor) == 0 else { throw Failure("sync", path) }
    }
}
