import SwiftSyntaxMacrosGenericTestSupport
import Testing

@Suite("What @Message cannot code is a compile-time error")
struct DiagnosticTests {
    struct Refusal: CustomTestStringConvertible, Sendable {
        let what: String
        let body: String
        let message: String
        /// Where the error points, counted in the whole source.
        let line: Int
        let column: Int
        var testDescription: String { self.what }
    }

    static let refusals: [Refusal] = [
        Refusal(
            what: "a class", body: "final class M: Codable {\n    var a: Int = 0\n}",
            message: "@Message is for structs and enums", line: 1, column: 1),
        Refusal(
            what: "coding of one's own",
            body: "struct M: Codable {\n    func encode(to encoder: any Encoder) throws {}\n}",
            message: "@Message writes what the compiler's Codable would; this type writes its own: "
                + "conform it to CBORMessage by hand", line: 3, column: 5),
        Refusal(
            what: "decoding of one's own",
            body: "struct M: Codable {\n    init(from decoder: any Decoder) throws {}\n}",
            message: "@Message writes what the compiler's Codable would; this type writes its own: "
                + "conform it to CBORMessage by hand", line: 3, column: 5),
        Refusal(
            what: "conditional members",
            body: "struct M: Codable {\n    #if A\n    var a: Int\n    #endif\n}",
            message: "@Message cannot see what #if leaves in; move it out of the type",
            line: 3, column: 5),
        Refusal(
            what: "a property wrapper", body: "struct M: Codable {\n    @Clamped var a: Int\n}",
            message: "@Message does not know how the wrapper of 'a' is coded", line: 3, column: 5),
        Refusal(
            what: "a lazy property", body: "struct M: Codable {\n    lazy var a: Int = 1\n}",
            message: "'a' is lazy, which Codable does not code; make it computed",
            line: 3, column: 5),
        Refusal(
            what: "a constant with a value", body: "struct M: Codable {\n    let a: Int = 1\n}",
            message: "'a' is a constant that decoding cannot set; make it static or a variable",
            line: 3, column: 5),
        Refusal(
            what: "two variables in one", body: "struct M: Codable {\n    var a, b: Int\n}",
            message: "@Message needs a variable of its own for each property", line: 3, column: 5),
        Refusal(
            what: "a type left to inference", body: "struct M: Codable {\n    var a = f()\n}",
            message: "@Message needs the type of 'a' written out", line: 3, column: 9),
        Refusal(
            what: "a tuple", body: "struct M: Codable {\n    var a: (Int, Int)\n}",
            message: "'a' is of type '(Int, Int)', which has no shape in CBOR",
            line: 3, column: 12),
        Refusal(
            what: "an existential", body: "struct M: Codable {\n    var a: (any P)?\n}",
            message: "'a' is of type '(any P)?', which has no shape in CBOR", line: 3, column: 12),
        Refusal(
            what: "a field of a generic type",
            body: "struct M<Value: Codable>: Codable {\n    var a: [Value]\n}",
            message: "'a' depends on 'Value'; a message looks the same whatever its parameters",
            line: 3, column: 12),
        Refusal(
            what: "keys by another name",
            body: "struct M: Codable {\n    var a: Int\n    typealias CodingKeys = K\n}",
            message: "@Message reads keys from an enum named CodingKeys only", line: 4, column: 5),
        Refusal(
            what: "keys of another type",
            body:
                "struct M: Codable {\n    var a: Int\n    enum CodingKeys: UInt8, CodingKey { case a }\n}",
            message:
                "CodingKeys is of type 'UInt8'; use Int for numbers, String or nothing for text",
            line: 4, column: 5),
        Refusal(
            what: "a computed key",
            body:
                "struct M: Codable {\n    var a: Int\n    enum CodingKeys: Int, CodingKey { case a = 1 + 1 }\n}",
            message: "the key of 'a' is not a plain literal", line: 4, column: 48),
        Refusal(
            what: "a property without a key or a value",
            body:
                "struct M: Codable {\n    var a: Int\n    enum CodingKeys: Int, CodingKey { case b = 1 }\n}",
            message: "'a' has no key in CodingKeys and no initial value to take when decoded",
            line: 3, column: 9),
        Refusal(
            what: "renamed cases",
            body:
                "enum M: Codable {\n    case a(Int)\n    enum CodingKeys: String, CodingKey { case a = \"b\" }\n}",
            message: "@Message codes cases by their own names; conform this enum to CBORMessage by "
                + "hand", line: 4, column: 5),
        Refusal(
            what: "raw values that are not text or whole numbers",
            body: "enum M: Double, Codable {\n    case a = 1.5\n}",
            message: "raw values of type 'Double' are not coded by @Message", line: 2, column: 6),
        Refusal(
            what: "an enum without cases", body: "enum M: Codable {\n}",
            message: "an enum without cases has no values to code", line: 2, column: 6),
    ]

    @Test("refused:", arguments: Self.refusals)
    func refused(_ refusal: Refusal) {
        expectExpansion(
            "@Message\n\(refusal.body)", refusal.body,
            diagnostics: [
                DiagnosticSpec(
                    message: refusal.message, line: refusal.line, column: refusal.column)
            ])
    }
}
