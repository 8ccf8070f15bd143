import Foundation
import RPC
import Testing

@Suite("What crosses the wire changes in ways that old and new peers survive")
struct SchemaLockTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Recorded")

    /// Set to record changes that are safe.
    static let acceptsSafe = Self.isSet("COVENANT_ACCEPT_SCHEMA")
    /// Set as well to record changes that break peers, when no peer of the old kind is left.
    static let acceptsBreaking = Self.isSet("COVENANT_ACCEPT_BREAKING_SCHEMA")

    private static func isSet(_ variable: String) -> Bool {
        ProcessInfo.processInfo.environment[variable] == "1"
    }

    @Test("the recorded schema is the present one", arguments: Services.names)
    func lock(service: String) throws {
        let file = Self.folder.appending(path: "\(service).schema")
        let now = DescribeService.Reply(describing: Services.methods[service, default: []])
        let text = SchemaText.text(of: now)
        guard let recorded = try? String(contentsOf: file, encoding: .utf8) else {
            if Self.acceptsSafe { try text.write(to: file, atomically: true, encoding: .utf8) }
            Issue.record("\(service) has no recorded schema; \(Self.advice)")
            return
        }
        if recorded == text { return }
        let changes = SchemaChange.all(
            from: try SchemaReader.read(recorded, service: service), to: now)
        let breaks = changes.contains(where: \.isBreaking)
        if Self.acceptsSafe, !breaks || Self.acceptsBreaking {
            try text.write(to: file, atomically: true, encoding: .utf8)
            return
        }
        Issue.record(
            """
            \(service) differs from Schema/Recorded/\(service).schema:
            \(changes.map(\.description).joined(separator: "\n"))
            \(breaks ? Self.adviceOnBreaking : Self.advice)
            """)
    }

    static let advice = "if it is meant, run with COVENANT_ACCEPT_SCHEMA=1 and commit the file"
    static let adviceOnBreaking = """
        Peers that run the old version cannot go on. Add optional fields and methods instead of \
        changing what is there, or serve a new version of the service beside this one. Only if no \
        peer of the old version is left anywhere: COVENANT_ACCEPT_SCHEMA=1 and \
        COVENANT_ACCEPT_BREAKING_SCHEMA=1.
        """

    @Test("a schema is read as it is written", arguments: Services.names)
    func readsBack(service: String) throws {
        let now = DescribeService.Reply(describing: Services.methods[service, default: []])
        #expect(try SchemaReader.read(SchemaText.text(of: now), service: service) == now)
    }
}
