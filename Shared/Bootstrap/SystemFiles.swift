#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A file operation that failed, in the system's words.
struct SystemFileError: Error, CustomStringConvertible {
    let description: String

    init(_ action: String, _ path: String) {
        self.description = "cannot \(action) \(path): \(String(cString: strerror(errno)))"
    }

    init(_ description: String) { self.description = description }
}

/// The few file operations that starting a service takes.
enum SystemFiles {
    /// Reads a whole file of UTF-8 text.
    ///
    /// - Throws: `SystemFileError`, also for files longer than `bytesMax`.
    static func read(_ path: String, bytesMax: Int) throws -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemFileError("read", path) }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = buffer.withUnsafeMutableBytes {
                system_read(descriptor, $0.baseAddress, $0.count)
            }
            if count == 0 { break }
            if count < 0 {
                if errno == EINTR { continue }
                throw SystemFileError("read", path)
            }
            bytes += buffer[..<count]
            guard bytes.count <= bytesMax else {
                throw SystemFileError("\(path) is longer than \(bytesMax) bytes")
            }
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SystemFileError("\(path) is not UTF-8")
        }
        return text
    }

    /// Makes a directory that only its owner may enter, and those above it, unless it exists.
    static func makePrivateDirectory(_ path: String) throws {
        var made = ""
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            if part.isEmpty { continue }
            made += made.isEmpty && !path.hasPrefix("/") ? String(part) : "/\(part)"
            if mkdir(made, 0o700) != 0, errno != EEXIST {
                throw SystemFileError("make directory", made)
            }
        }
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw SystemFileError("\(path) is not a directory")
        }
    }

    /// Replaces a file in one step: readers see the old content or the new, never a part.
    static func replace(_ path: String, with bytes: [UInt8]) throws {
        let draft = "\(path).\(getpid()).new"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemFileError("write", draft) }
        let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        close(descriptor)
        guard count == bytes.count, rename(draft, path) == 0 else {
            let error = SystemFileError("write", path)
            unlink(draft)
            throw error
        }
    }

    /// Removes a file if it is there.
    static func remove(_ path: String) { unlink(path) }

    /// The path from the root, so that a later change of directory does not matter.
    static func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        guard let current = getcwd(nil, 0) else { return path }
        defer { free(current) }
        return "\(String(cString: current))/\(path)"
    }

    /// This process.
    static var processID: Int { Int(getpid()) }
}

/// The system call that the method of the same name hides inside the type.
private let system_read: @Sendable (Int32, UnsafeMutableRawPointer?, Int) -> Int = {
    read($0, $1, $2)
}
