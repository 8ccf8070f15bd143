import Foundation

/// A folder of a test's own (mode 0700), removed when the value goes away.
public final class TemporaryFolder: Sendable {
    /// The folder's absolute path, at most 40 characters, so that sockets in it have room.
    public let path: String

    /// Makes the folder under `/tmp`.
    public init() throws {
        var template = Array("/tmp/covenant-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            throw CocoaError(.fileWriteUnknown)
        }
        self.path = String(
            decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: self.path)
    }

    /// The path of something in the folder.
    public func file(_ name: String) -> String { "\(self.path)/\(name)" }
}
