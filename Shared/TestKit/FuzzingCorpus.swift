import Foundation

/// The inputs that fuzzing found worth keeping: `Tests/Fuzzing/Corpus`, a folder for each program.
public enum FuzzingCorpus {
    /// An input, by the name of its file.
    public struct Input: Sendable, CustomStringConvertible {
        /// The file's name.
        public let description: String
        /// What the program is fed.
        public let bytes: [UInt8]
    }

    /// Fewer files than this are not a corpus, but a folder that was not found whole.
    private static let filesMin = 10

    /// All inputs of a program.
    ///
    /// - Parameters:
    ///   - name: the corpus, such as `cbor`.
    ///   - test: the file of the test that replays them, in a folder of `Tests`.
    /// - Throws: `CocoaError` when there is no such folder or hardly anything in it.
    public static func inputs(of name: String, test: String = #filePath) throws -> [Input] {
        let folder = URL(filePath: test)
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Fuzzing/Corpus/\(name)")
        let files = try FileManager.default.contentsOfDirectory(
            at: folder, includingPropertiesForKeys: nil)
        guard files.count >= Self.filesMin else { throw CocoaError(.fileNoSuchFile) }
        return try files.map {
            Input(description: $0.lastPathComponent, bytes: Array(try Data(contentsOf: $0)))
        }
    }
}
