import CommandLineDomain
import Foundation
import JSONAPI
import Testing

/// The trail in `Trails/whole.ndjson` was written by a program of its own, in Python, from the
/// description of the format.
@Suite("Proving an audit trail")
struct AuditChainTests {
    static func trail() throws -> [JSON] {
        let file = try #require(
            Bundle.module.url(forResource: "whole", withExtension: "ndjson", subdirectory: "Trails")
        )
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map {
            try JSON(parsing: String($0))
        }
    }

    /// Where a trail breaks; `nil` when it does not.
    static func fault(in trail: [JSON]) -> AuditChain.Break? {
        var chain = AuditChain()
        do {
            for entry in trail { try chain.append(entry) }
            return nil
        } catch {
            return error
        }
    }

    @Test("an unbroken trail is proved, people who were erased included")
    func whole() throws {
        let trail = try Self.trail()
        var chain = AuditChain()
        for entry in trail { try chain.append(entry) }
        #expect(chain.count == 4)
        #expect(chain.contract == "5b87aded2dfb980011537690")
        #expect(chain.head == trail.last?["attributes"]?["chain"]?["hash"]?.string)
        #expect(trail[2]["attributes"]?["actor"] == .null, "somebody was erased")
    }

    /// A change to the trail's text, and the entry that it breaks.
    struct Tampering: Sendable, CustomTestStringConvertible {
        let index: Int
        let old: String
        let new: String
        var testDescription: String { "\(self.old) → \(self.new)" }
    }

    @Test(
        "whatever is changed, the first entry that does not hold is named",
        arguments: [
            Tampering(index: 0, old: #""action":"contract.create""#, new: #""action":"x""#),
            Tampering(index: 0, old: #""number":1"#, new: #""number":2"#),
            Tampering(index: 1, old: "09:30:00.001Z", new: "09:30:00.002Z"),
            Tampering(index: 1, old: "1893490200001", new: "1893490200002"),
            Tampering(
                index: 1, old: #""actor":"user/5b87aded2dfb980011537691""#,
                new: #""actor":"user/5b87aded2dfb980011537690""#),
            Tampering(
                index: 1, old: #""subject":"user/5b87aded2dfb980011537692""#,
                new: #""subject":null"#),
            Tampering(index: 1, old: #""request_id":"r-2""#, new: #""request_id":"r-9""#),
            Tampering(index: 1, old: #""author_salt":"02"#, new: #""author_salt":"03"#),
            Tampering(index: 1, old: #""after":{"roles":["owner"]}"#, new: #""after":null"#),
            Tampering(
                index: 2, old: #""actor":null"#, new: #""actor":"user/5b87aded2dfb980011537692""#),
            Tampering(index: 2, old: #"\"roles\":[\"owner\"]"#, new: #"\"roles\":[\"admin\"]"#),
            Tampering(
                index: 3, old: #""actor":"service/deletion-orchestrator""#,
                new: #""actor":"service/identity""#),
            Tampering(index: 3, old: #""type":"audit-entry""#, new: #""type":"entry""#),
        ])
    func changed(_ tampering: Tampering) throws {
        var trail = try Self.trail()
        let text = trail[tampering.index].text
        let changed = text.replacing(tampering.old, with: tampering.new)
        try #require(changed != text)
        trail[tampering.index] = try JSON(parsing: changed)
        #expect(Self.fault(in: trail)?.number == Int64(tampering.index + 1))
    }

    @Test("entries taken out, put elsewhere or of another contract are noticed")
    func moved() throws {
        let trail = try Self.trail()
        var without = trail
        without.remove(at: 1)
        #expect(Self.fault(in: without)?.description == "entry 2: it is number 3")
        var swapped = trail
        swapped.swapAt(1, 2)
        #expect(Self.fault(in: swapped)?.number == 2)
        #expect(Self.fault(in: Array(trail.dropFirst()))?.number == 1)
        #expect(Self.fault(in: trail + trail)?.number == 5)
        #expect(Self.fault(in: [.null])?.reason == "it is not an entry of an audit trail")
    }
}
