#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The process's standard error.
public enum StandardError {
    /// Writes bytes in one call where the system allows it, so that lines do not mix.
    ///
    /// What cannot be written is lost: there is nowhere left to say so.
    @Sendable public static func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                system_write(STDERR_FILENO, $0.baseAddress, $0.count)
            }
            if count < 0 {
                guard errno == EINTR || errno == EAGAIN else { return }
                continue
            }
            rest = rest.dropFirst(count)
        }
    }
}

// The method of the same name hides the system call inside the type.
private let system_write: @Sendable (Int32, UnsafeRawPointer?, Int) -> Int = { write($0, $1, $2) }
