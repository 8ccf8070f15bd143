import HTTP2
import Testing

@Suite("Bytes beside a literal")
struct LiteralTests {
    @Test(
        "are equal when every byte is",
        arguments: [
            "", "a", "accept", "location", "rpc-version", "traceparent", "application/cbor",
            "application/cbor-seq",
        ] as [StaticString])
    func equality(literal: StaticString) {
        let bytes = Array(literal.description.utf8)
        bytes.withUnsafeBytes { #expect($0.isEqual(to: literal)) }
        for place in bytes.indices {
            var changed = bytes
            changed[place] ^= 0x20
            changed.withUnsafeBytes { #expect(!$0.isEqual(to: literal), "\(place)") }
        }
        (bytes + [0]).withUnsafeBytes { #expect(!$0.isEqual(to: literal)) }
        bytes.dropLast().withUnsafeBytes { #expect($0.isEqual(to: literal) == bytes.isEmpty) }
    }
}
