import JSONAPI
import Testing

@Suite("Reading JSON")
struct JSONParserTests {
    @Test(
        "a well-formed text gives its value",
        arguments: [
            ("null", JSON.null), (" true ", true), ("false", false), ("0", 0), ("-0", 0),
            ("9223372036854775807", .integer(Int64.max)),
            ("-9223372036854775808", .integer(Int64.min)),
            ("9223372036854775808", .number(9_223_372_036_854_775_808)),
            ("1.5e2", .number(150)), ("1E-2", .number(0.01)), ("[]", .array([])),
            ("{}", .object([:])),
            (#""a\"\\\/\b\f\n\r\t\u00e9""#, .string("a\"\\/\u{8}\u{c}\n\r\té")),
            (#""\ud83d\ude00""#, "😀"), ("\"\u{7f}\"", "\u{7f}"),
            (#"{"b":[1,{"a":null}],"a":2}"#, .object(["b": [1, ["a": nil]], "a": 2])),
        ] as [(String, JSON)])
    func wellFormed(text: String, value: JSON) throws {
        #expect(try JSON(parsing: text) == value)
    }

    @Test(
        "a malformed text is refused at its place",
        arguments: [
            ("", 0, "expected a value, found the end"), ("nul", 0, "expected 'null'"),
            ("[1,]", 3, "expected a value"), ("{\"a\" 1}", 5, "expected ':'"),
            ("{a:1}", 1, "expected a name"), ("[1 2]", 3, "expected ',' or ']'"),
            ("{\"a\":1", 6, "expected ',' or '}'"), ("1 2", 2, "expected the end of the text"),
            ("01", 0, "a number does not begin with zeros"), ("1.", 2, "expected a digit"),
            ("-", 1, "expected a digit"), ("1e", 2, "expected a digit"),
            ("1e999", 0, "the number is too large"), ("+1", 0, "expected a value"),
            ("NaN", 0, "expected a value"), ("\"a", 0, "the string does not end"),
            ("\"a\nb\"", 2, "a control character must be escaped"),
            (#""\x""#, 1, "unknown escape"), (#""\ud800""#, 1, "half a surrogate pair"),
            (#""\ud800\u0041""#, 1, "half a surrogate pair"),
            (#""\udc00""#, 1, "half a surrogate pair"),
            (#""\u12g4""#, 5, "expected four hexadecimal digits after \\u"),
            (#"{"a":1,"a":2}"#, 7, "the name \"a\" is repeated"),
            ("\u{feff}1", 0, "expected a value"),
        ])
    func malformed(text: String, offset: Int, problem: String) {
        let error = #expect(throws: JSONError.self) { try JSON(parsing: text) }
        #expect(error?.offset == offset)
        #expect(error?.problem == problem)
    }

    @Test(
        "bytes that are not UTF-8 are refused",
        arguments: [
            [0x22, 0xFF, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0x22, 0x5C, 0x6E, 0xE2, 0x82, 0x22],
        ] as [[UInt8]])
    func notUTF8(bytes: [UInt8]) {
        let error = #expect(throws: JSONError.self) { try JSON(parsing: bytes) }
        #expect(error?.problem == "the string is not UTF-8")
    }

    @Test("an error names its line and column")
    func place() {
        let error = #expect(throws: JSONError.self) {
            try JSON(parsing: "{\n  \"name\": tru\n}")
        }
        #expect(error?.description == "line 2, column 11 (byte 12): expected 'true'")
    }

    @Test("nesting up to the limit is read and one more is refused")
    func nesting() throws {
        let deepest = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        _ = try JSON(parsing: deepest)
        let error = #expect(throws: JSONError.self) { try JSON(parsing: "[" + deepest + "]") }
        #expect(error?.problem == "nested deeper than 64")
    }

    @Test("a repeated name is found among many members")
    func manyMembers() throws {
        let members = (0..<500).map { "\"m\($0)\":\($0)" }
        let text = "{" + members.joined(separator: ",") + "}"
        #expect(try JSON(parsing: text).object?.members.count == 500)
        let repeated = "{" + (members + ["\"m3\":0"]).joined(separator: ",") + "}"
        #expect(throws: JSONError.self) { try JSON(parsing: repeated) }
    }

    @Test("a number of unreasonable length is refused")
    func longNumber() {
        let error = #expect(throws: JSONError.self) {
            try JSON(parsing: "0." + String(repeating: "1", count: 200))
        }
        #expect(error?.problem == "a number longer than 128 bytes")
    }
}
