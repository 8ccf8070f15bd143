import Foundation
import RPC
import Testing

@Suite("What the services promise on the wire changes on purpose only")
struct GoldenAPITests {
    static let golden = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Golden")

    /// Set to write the dumps anew after a change that is meant; look at the diff before committing.
    static let accepts = ProcessInfo.processInfo.environment["COVENANT_ACCEPT_API"] == "1"

    @Test("the API is the recorded one", arguments: Repository.services)
    func api(service: String) throws {
        let file = Self.golden.appending(path: "\(service).txt")
        let now = APIDump.text(of: service)
        if Self.accepts { try now.write(to: file, atomically: true, encoding: .utf8) }
        let recorded = try String(contentsOf: file, encoding: .utf8)
        #expect(
            now == recorded,
            """
            \(service)'s API differs from Golden/\(service).txt: fields are only added, names and \
            numbers never reused; if it is meant, run with COVENANT_ACCEPT_API=1
            """)
    }

    @Test("every method has a file of its own name or is shared", arguments: Repository.services)
    func methodsAreDocumented(service: String) {
        let text = Repository.swiftFiles(below: "Services/\(service)/API").map(\.text).joined()
        let shared = ["ApplyContractState", "PurgeChunk", "CountKinds", "SealKinds"]
        for method in APIDump.methods[service, default: []] where !shared.contains(method.name) {
            #expect(text.contains("public struct \(method.name): RPC"), "\(method.path)")
        }
    }
}
