import Foundation
import Testing

/// Inputs that fuzzing found worth keeping, crashers that were mended among them.
@Suite("fuzzing's corpus: http1")
struct HTTP1CorpusTests {
    /// See `Tests/Fuzzing/README.md`.
    private static let folder = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Fuzzing/Corpus/http1")

    @Test("every input is read or refused as it should be")
    func replay() throws {
        let files = try FileManager.default.contentsOfDirectory(
            at: Self.folder, includingPropertiesForKeys: nil)
        #expect(files.count >= 10)
        for file in files {
            let bytes = Array(try Data(contentsOf: file))
            #expect(HTTP1Properties.violation(of: bytes) == nil, "\(file.lastPathComponent)")
        }
    }
}
