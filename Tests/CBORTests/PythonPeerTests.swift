import CBOR
import Foundation
import TestKit
import Testing

/// Interoperation with Python's cbor2, both ways.
///
/// Needs an interpreter that has the package: the one that COVENANT_PYTHON names, or `python3`.
@Suite("Python's cbor2")
struct PythonPeerTests {
    struct Answer: Decodable {
        var description: String
        var canonical: String
        var plain: String
    }

    struct PeerFailed: Error, CustomStringConvertible {
        var description: String
    }

    /// Gives the items to the peer and returns what it made of each.
    private func ask(_ items: [String]) async throws -> [Answer] {
        let python = ProcessInfo.processInfo.environment["COVENANT_PYTHON"] ?? "python3"
        let script = try #require(
            Bundle.module.url(
                forResource: "cbor2_peer", withExtension: "py", subdirectory: "Vectors"))
        let result = try await Program.run(
            python, [script.path], input: [UInt8](JSONEncoder().encode(items)))
        guard result.status == 0 else {
            throw PeerFailed(description: "\(python): \(result.errors)")
        }
        return try JSONDecoder().decode([Answer].self, from: Data(result.output))
    }

    @Test("cbor2 reads what we write, and writes canonically what we write")
    func ours() async throws {
        let values: [CBORValue] = [
            0, 23, 24, 255, 256, 65536, .unsigned(.max), -1, -25, .integer(Int64.min), "", "ü水𐅑",
            .bytes([]), .bytes([0, 255]), true, false, nil, [], [1, [2, [3]]], 1.5, 0.1, 100000.5,
            65504.0, 0x1p-24, -0.0, ["b": 1, "a": 2, "aa": []], [10: "x", 1000: nil, 3: 1],
        ]
        let items = try values.map { hex(try CBOREncoder().encode($0)) }
        for (item, answer) in zip(items, try await self.ask(items)) {
            #expect(answer.canonical == item)
        }
        let messages = [
            hex(try CBOREncoder().encode(Profile())),
            hex(try CBOREncoder().encode(Outcome.pair(1, [.idle]))),
            hex(try CBOREncoder().encode(["k": [1.25: "x"]] as CBORValue)),
        ]
        let answers = try await self.ask(messages)
        #expect(answers.map(\.canonical) == messages)
        #expect(
            answers[0].description
                == """
                {"id": 7, "tags": ["x", "yy"], "admin": true, "inner": {"a": 2, "zz": 1}, \
                "photo": h'010203', "ratio": 0.5, "surname": "Lovelace"}
                """)
    }

    @Test("we read what cbor2 writes, in its own form and order")
    func theirs() async throws {
        let profile = try CBOREncoder().encode(Profile())
        let order = Order(
            name: String(repeating: "long ", count: 60), note: "x",
            lines: (0..<30).map { .init(sku: "s\($0)", count: $0 * 1000) })
        let answers = try await self.ask([hex(profile), hex(try CBOREncoder().encode(order))])
        #expect(
            try CBORDecoder().decode(Profile.self, from: hex(answers[0].plain)) == Profile())
        #expect(try CBORDecoder().decode(Order.self, from: hex(answers[1].plain)) == order)
    }

    @Test("cbor2 agrees about every example of the RFC that it can encode back")
    func examples() async throws {
        // Tags 0 and 1 become dates in Python, which has its own form for them.
        let examples = Example.all.filter { !$0.hex.hasPrefix("c0") && !$0.hex.hasPrefix("c1") }
        let lenient = CBORDecoder(limits: CBORLimits(allowsIndefiniteLengths: true))
        for (example, answer) in zip(examples, try await self.ask(examples.map(\.hex))) {
            let ours = try lenient.decode(CBORValue.self, from: hex(example.hex))
            let theirs = try CBORDecoder().decode(CBORValue.self, from: hex(answer.canonical))
            if case .tagged = ours { continue }
            #expect(theirs == ours, "\(example.hex) became \(answer.canonical)")
        }
    }
}
