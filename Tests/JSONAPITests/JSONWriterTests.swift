import JSONAPI
import Testing

@Suite("Writing JSON")
struct JSONWriterTests {
    @Test(
        "a value has one text",
        arguments: [
            (JSON.null, "null"), (true, "true"), (0, "0"),
            (.integer(Int64.min), "-9223372036854775808"),
            (.number(0.5), "0.5"), (.number(1e300), "1e+300"), (.number(.infinity), "null"),
            ("é😀", "\"é😀\""), (.string("\u{1}\u{1f}\"\\/\n"), #""\u0001\u001f\"\\/\n""#),
            (["b": [1, 2], "a": .object([:])], #"{"b":[1,2],"a":{}}"#), ([], "[]"),
        ] as [(JSON, String)])
    func texts(value: JSON, text: String) {
        #expect(value.text == text)
    }

    @Test(
        "what is written reads back the same",
        arguments: [
            .number(0.1), .number(-1.7976931348623157e308), .integer(Int64.max),
            .string(String((0...0x2FF).compactMap(Unicode.Scalar.init).map(Character.init))),
            ["a": [nil, true, ["x": "y"]], "": ""],
        ] as [JSON])
    func roundTrip(value: JSON) throws {
        #expect(try JSON(parsing: value.bytes()) == value)
    }

    @Test("setting members keeps their order, and nil removes one")
    func members() {
        var object: JSONObject = ["a": 1, "b": 2, "a": 3]
        object["c"] = 4
        object["b"] = nil
        #expect(JSON.object(object).text == #"{"a":3,"c":4}"#)
    }
}
