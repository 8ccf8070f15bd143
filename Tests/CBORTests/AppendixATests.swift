import CBOR
import Foundation
import Testing

/// An example of RFC 8949 Appendix A.
struct Example: Codable, Sendable, CustomTestStringConvertible {
    var hex: String
    var diagnostic: String
    /// Whether the example is what a deterministic encoder writes.
    var deterministic: Bool

    var testDescription: String { "\(self.hex): \(self.diagnostic)" }

    static let all: [Example] = {
        do {
            let url = try #require(
                Bundle.module.url(
                    forResource: "rfc8949-appendix-a", withExtension: "json",
                    subdirectory: "Vectors"))
            return try JSONDecoder().decode([Example].self, from: Data(contentsOf: url))
        } catch {
            Issue.record("the table of examples cannot be read: \(error)")
            return []
        }
    }()
}

@Suite("RFC 8949 Appendix A")
struct AppendixATests {
    let lenient = CBORDecoder(limits: CBORLimits(allowsIndefiniteLengths: true))

    @Test("the table is whole")
    func tableIsWhole() {
        #expect(Example.all.count == 81)
    }

    @Test("each example means what the RFC says", arguments: Example.all)
    func decodes(example: Example) throws {
        let value = try self.lenient.decode(CBORValue.self, from: hex(example.hex))
        #expect(value.description == example.diagnostic)
    }

    @Test(
        "each deterministic example is encoded back to itself",
        arguments: Example.all.filter(\.deterministic))
    func encodesBack(example: Example) throws {
        let value = try CBORDecoder().decode(CBORValue.self, from: hex(example.hex))
        #expect(hex(try CBOREncoder().encode(value)) == example.hex)
    }

    @Test(
        "each other example is encoded to a form that means the same",
        arguments: Example.all.filter { !$0.deterministic })
    func encodesShorter(example: Example) throws {
        let value = try self.lenient.decode(CBORValue.self, from: hex(example.hex))
        let encoded = try CBOREncoder().encode(value)
        #expect(encoded.count <= hex(example.hex).count)
        #expect(try CBORDecoder().decode(CBORValue.self, from: encoded) == value)
    }

    @Test("a type is decoded from items of indefinite length where they are allowed")
    func indefiniteIntoType() throws {
        struct Flags: Codable, Equatable {
            var Fun: Bool
            var Amt: Int
        }
        let bytes = hex("bf6346756ef563416d7421ff")
        #expect(try self.lenient.decode(Flags.self, from: bytes) == Flags(Fun: true, Amt: -2))
        #expect(throws: CBORError.self) { try CBORDecoder().decode(Flags.self, from: bytes) }
    }
}
