import CBOR
import CommandLineDomain
import JSONAPI
import Testing

@Suite("A message becomes JSON that a person can read")
struct MessageWriterTests {
    static let writer = MessageWriter(Order.shapes)

    @Test("fields come by name, in the order of the description")
    func names() throws {
        let value = MessageReaderTests.least([
            2: [["count": 2, "sku": "a"]], 5: 7, 6: .bytes([0, 255]), 13: .unsigned(.max),
        ])
        #expect(
            try Self.writer.write(value, as: Order.shape).text
                == #"{"id":"5b87aded2dfb980011537690","lines":[{"sku":"a","count":2}],"#
                + #""payment":{"cash":{}},"state":"closed","photo":"AP8=","#
                + #""big":"18446744073709551615"}"#)
    }

    @Test("what the description does not know is shown as it came")
    func newer() throws {
        let value = MessageReaderTests.least([
            3: ["barter": ["goods": [1]]], 4: "extreme", 5: 9, 99: .bytes([1]), "new": [true],
        ])
        #expect(
            try Self.writer.write(value, as: Order.shape).text
                == #"{"id":"5b87aded2dfb980011537690","lines":[],"#
                + #""payment":{"barter":{"goods":[1]}},"urgency":"extreme","state":9,"#
                + #""new":[true],"99":"AQ=="}"#)
    }

    @Test(
        "items of every kind can stand where anything may",
        arguments: [
            (.undefined, "null"), (.double(.nan), "\"NaN\""), (.double(2), "2.0"),
            (.negative(.max), "\"-18446744073709551616\""), (.tagged(1, 5), "\"1(5)\""),
            (.simple(99), "\"simple(99)\""), ([2: "x", "1": nil], #"{"1":null,"2":"x"}"#),
        ] as [(CBORValue, String)])
    func anything(value: CBORValue, text: String) throws {
        #expect(try Self.writer.write(value, as: .any).text == text)
    }

    struct Mismatch: Sendable, CustomTestStringConvertible {
        let value: CBORValue
        let testDescription: String

        init(_ value: CBORValue, _ mismatch: String) {
            self.value = value
            self.testDescription = mismatch
        }
    }

    @Test(
        "a reply that is not what was described is an error that names the place",
        arguments: [
            Mismatch("x", "\"x\" is not what the service describes"),
            Mismatch([1: "5b87aded2dfb980011537690", 2: []], "/payment: missing"),
            Mismatch(
                MessageReaderTests.least([2: [["sku": 1, "count": 1]]]),
                "/lines/0/sku: 1 is not what the service describes"),
            Mismatch(
                MessageReaderTests.least([3: ["cash": 1]]),
                "/payment/cash: 1 is not what the service describes"),
            Mismatch(
                MessageReaderTests.least([3: ["cash": [:], "card": [:]]]),
                #"/payment: {"card": {}, "cash": {}} is not what the service describes"#),
            Mismatch(
                MessageReaderTests.least([9: [1: "x"]]),
                "/labels: 1 is not what the service describes"),
        ])
    func mismatches(_ mismatch: Mismatch) {
        let error = #expect(throws: ShapeMismatch.self) {
            try Self.writer.write(mismatch.value, as: Order.shape)
        }
        #expect(error?.description == mismatch.testDescription)
    }
}
