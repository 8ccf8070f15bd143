import Foundation
import JSONAPI
import TestKit
import Testing

@Suite("covenant audit proves the trail of a running suite", .serialized)
struct AuditToolTests {
    @Test("also when the contract and its people are gone", .timeLimit(.minutes(2)))
    func audit() async throws {
        try await RunningSuite.run { suite in
            let story = Story(suite)
            let ada = try await story.person("ada")
            let contract = try await story.contract("Trailing", owner: ada)
            let first = try await suite.covenant(["audit", "verify", "--contract", contract])
            #expect(first.status == 0, "\(first)")
            let head = try #require(first.text.split(separator: " ").last)
                .trimmingCharacters(in: .newlines)
            let gone = try await story.admin.delete("/v2/contracts/\(contract)")
            _ = try await story.deletionDone(try #require(gone.headers["location"]))
            let export = try await suite.covenant(["audit", "export", contract])
            #expect(!export.text.contains(ada.id), "a person who was erased is not named")
            let file = suite.data.appending(path: "trail.ndjson")
            try Data(export.text.utf8).write(to: file)
            let whole = try await suite.covenant(
                ["audit", "verify", file.path, "--head", head])
            #expect(whole.status == 0, "\(whole)")
            #expect(whole.text.hasPrefix("\(contract): "), "\(whole)")
            let table = try await suite.covenant(["audit", "list", contract])
            #expect(table.text.contains(" contract.deleted "), "\(table)")
            try await Self.isBroken(export.text, file, suite)
            let nobody = try await suite.covenant(
                ["audit", "list", "5b87aded2dfb980011537690"])
            #expect(nobody.status == 1)
            #expect(nobody.errors.hasPrefix("error: 404 not_found: "), "\(nobody)")
        }
    }

    /// A changed line is named, and so is a trail that was cut.
    private static func isBroken(
        _ trail: String, _ file: URL, _ suite: RunningSuite
    ) async throws {
        let lines = trail.split(separator: "\n")
        var changed = lines.map { String($0) }
        changed[1] = changed[1].replacing("member.add", with: "member.ask")
        try Data(changed.joined(separator: "\n").utf8).write(to: file)
        let broken = try await suite.covenant(["audit", "verify", file.path])
        #expect(broken.status == 1)
        #expect(broken.errors.hasPrefix("broken: entry 2: "), "\(broken)")
        let whole = try JSON(parsing: String(lines[lines.count - 1]))
        let last = try #require(whole["attributes"]?["chain"]?["hash"]?.string)
        try Data(lines.dropLast().joined(separator: "\n").utf8).write(to: file)
        let cut = try await suite.covenant(
            ["audit", "verify", file.path, "--head", "\(lines.count):\(last)"])
        #expect(cut.status == 1)
        #expect(cut.errors.contains("entries were taken away"), "\(cut)")
    }
}
