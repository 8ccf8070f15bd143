import Foundation
import TestKit
import Testing

@Suite("@Message, as the compiler runs it")
struct MessageMacroTests {
    @Test("what cannot be coded is an error at its place that says why")
    func refused() async throws {
        let run = try await Self.compile("Refused.swift.txt", "-verify")
        #expect(run.status == 0, "\(run.output)")
    }

    @Test("records, choices and words are written out as recorded")
    func written() async throws {
        let run = try await Self.compile("Written.swift.txt", "-dump-macro-expansions")
        #expect(run.status == 0, "\(run.output)")
        let recorded = try String(
            contentsOf: Self.folder.appending(path: "Written.expansion.txt"), encoding: .utf8)
        let parts = recorded.components(separatedBy: "\n\n\n")
        #expect(parts.count == 5)
        for part in parts {
            let text = part.trimmingCharacters(in: .newlines)
            #expect(run.output.contains(text), "expected:\n\(text)\nin:\n\(run.output)")
        }
    }

    private static let folder = Bundle.module.bundleURL

    /// Type-checks a file with the macro that was built beside these tests.
    private static func compile(
        _ file: String, _ option: String
    ) async throws -> (status: Int32, output: String) {
        let built = Bundle.module.bundleURL.deletingLastPathComponent()
        let source = FileManager.default.temporaryDirectory
            .appending(path: "message-\(UUID().uuidString).swift")
        try FileManager.default.copyItem(at: self.folder.appending(path: file), to: source)
        defer { try? FileManager.default.removeItem(at: source) }
        let result = try await Program.run(
            "swiftc",
            [
                "-frontend", "-typecheck", option, "-swift-version", "6", "-package-name", "tests",
                "-module-name", "Messages", "-load-plugin-executable",
                built.appending(path: "CBORMacros-tool").path + "#CBORMacros",
                "-I", built.appending(path: "Modules").path, source.path,
            ])
        return (result.status, result.text + result.errors)
    }
}
