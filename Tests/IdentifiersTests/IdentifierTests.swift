import CBOR
import Identifiers
import Testing

@Suite("Identifiers are 24 hexadecimal digits with a type")
struct IdentifierTests {
    @Test("the text is read and written back")
    func roundTrip() throws {
        let text = "5b87aded2dfb980011537690"
        #expect(try #require(UserID(text)).text == text)
    }

    @Test(
        "anything else is not an identifier",
        arguments: [
            "", "5b87aded2dfb98001153769", "5b87aded2dfb9800115376900", "5B87ADED2DFB980011537690",
            "5b87aded2dfb98001153769g", "5b87aded2dfb98001153769é",
        ])
    func malformed(text: String) {
        #expect(UserID(text) == nil)
    }

    @Test("identifiers begin with the second they were made in and so sort by it")
    func sortsByTime() throws {
        let earlier = ContractID(secondsSince1970: 0x5b87_aded)
        let later = ContractID(secondsSince1970: 0x5b87_adee)
        #expect(earlier.text.hasPrefix("5b87aded"))
        #expect(earlier < later)
    }

    @Test("on the wire an identifier is its text")
    func wire() throws {
        let user = try #require(UserID("5b87aded2dfb980011537690"))
        let bytes = try CBOREncoder().encode(user)
        #expect(bytes == [0x78, 24] + Array("5b87aded2dfb980011537690".utf8))
        #expect(try CBORDecoder().decode(UserID.self, from: bytes) == user)
    }

    @Test("a text that is no identifier is refused when decoding")
    func refusedOnTheWire() throws {
        let bytes = try CBOREncoder().encode("not an identifier")
        #expect(throws: (any Error).self) { try CBORDecoder().decode(UserID.self, from: bytes) }
    }

    @Test("a thousand identifiers of one second are a thousand")
    func distinct() {
        let made = Set((0..<1_000).map { _ in FlowID(secondsSince1970: 1) })
        #expect(made.count == 1_000)
    }
}
