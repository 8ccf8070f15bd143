#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Puts each e-mail as a file into a folder: the default where nothing carries mail.
///
/// Files are `<Message-ID>.eml`, readable by the service's user only; a message handed over twice
/// is one file.
package struct MailboxFolder: Mailer {
    private let path: String

    /// Makes the folder if it is not there.
    ///
    /// - Throws: ``MailError`` when it cannot be made.
    package init(path: String) throws {
        self.path = path
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw MailError("\(path): \(String(cString: strerror(errno)))")
        }
    }

    package func deliver(_ message: MailMessage) async throws {
        let bytes = message.bytes(lineEnd: "\r\n")
        let final = "\(self.path)/\(message.id).eml"
        let temporary = "\(self.path)/.\(message.id).part"
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw Self.failure(temporary) }
        defer { close(file) }
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes {
                write(file, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure(temporary) }
            written += count
        }
        guard fsync(file) == 0, rename(temporary, final) == 0 else {
            throw Self.failure(temporary)
        }
    }

    private static func failure(_ path: String) -> MailError {
        MailError("\(path): \(String(cString: strerror(errno)))")
    }
}
