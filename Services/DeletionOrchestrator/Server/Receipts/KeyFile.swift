import Foundation

/// A file of 32 secret random bytes, made when it is missing.
enum KeyFile {
    private static let bytesCount = 32

    /// The bytes of the file at a path.
    static func bytes(at path: String) throws(KeyFileError) -> [UInt8] {
        if !FileManager.default.fileExists(atPath: path) { try Self.make(path) }
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
            let mode = attributes[.posixPermissions] as? Int, let bytes = try? Self.read(path)
        else { throw KeyFileError(path, "cannot be read") }
        guard mode & 0o077 == 0 else { throw KeyFileError(path, "may be read by others") }
        guard bytes.count == Self.bytesCount else {
            throw KeyFileError(path, "does not hold \(Self.bytesCount) bytes")
        }
        return bytes
    }

    private static func read(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(filePath: path)))
    }

    /// Writes the file beside its place, makes it durable and puts it there, so that a crash leaves
    /// the whole key or none.
    private static func make(_ path: String) throws(KeyFileError) {
        let draft = path + ".new"
        unlink(draft)
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw KeyFileError(path, "cannot be made") }
        var random = SystemRandomNumberGenerator()
        let bytes = (0..<Self.bytesCount).map { _ in
            UInt8.random(in: .min ... .max, using: &random)
        }
        let isWritten = write(file, bytes, bytes.count) == bytes.count && fsync(file) == 0
        guard close(file) == 0, isWritten, rename(draft, path) == 0 else {
            throw KeyFileError(path, "cannot be written")
        }
        let folder = open(
            URL(filePath: path).deletingLastPathComponent().path(percentEncoded: false),
            O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw KeyFileError(path, "cannot be made durable") }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw KeyFileError(path, "cannot be made durable") }
    }
}

/// A key file that cannot be used.
public struct KeyFileError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Which file, and what is wrong with it.
    public let description: String

    init(_ path: String, _ complaint: String) { self.description = "\(path) \(complaint)" }
}
