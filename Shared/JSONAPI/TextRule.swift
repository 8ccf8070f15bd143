/// What a text of a request must look like.
///
/// The check and the words are one value, so that documentation and refusals cannot part.
public struct TextRule: Sendable {
    /// What is expected, to complete "… must be": `a contract name (3 to 40 letters, …)`.
    public let expectation: String
    /// The name for OpenAPI's `format`, if it has one (`email`, `date-time`, …).
    public let format: String?
    /// An ECMA-262 pattern for OpenAPI, if the rule can be said in one.
    public let pattern: String?
    /// The allowed lengths in Unicode scalars, as OpenAPI counts them.
    public let lengths: ClosedRange<Int>
    /// Whether a text of allowed length keeps the rule.
    let accepts: @Sendable (String) -> Bool

    /// Makes a rule; `accepts` is asked only for texts of allowed length.
    public init(
        _ expectation: String, lengths: ClosedRange<Int>, format: String? = nil,
        pattern: String? = nil, accepts: @escaping @Sendable (String) -> Bool = { _ in true }
    ) {
        self.expectation = expectation
        self.lengths = lengths
        self.format = format
        self.pattern = pattern
        self.accepts = accepts
    }

    /// Whether a text keeps the rule.
    public func isKept(by text: String) -> Bool {
        self.lengths.contains(text.unicodeScalars.count) && self.accepts(text)
    }

    /// An identifier: 24 lower-case hexadecimal digits.
    public static let identifier = TextRule(
        "an identifier (24 hexadecimal digits)", lengths: 24...24, pattern: "^[0-9a-f]{24}$"
    ) { text in
        text.utf8.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
        }
    }

    /// An e-mail address, checked loosely: something, one `@`, a host; no spaces or control bytes.
    public static let email = TextRule("an e-mail address", lengths: 3...254, format: "email") {
        text in
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty }
            && text.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value != 0x7F }
    }

    /// Any text of these lengths.
    public static func anything(_ lengths: ClosedRange<Int>) -> TextRule {
        TextRule(
            "a text of \(lengths.lowerBound) to \(lengths.upperBound) characters",
            lengths: lengths)
    }
}
