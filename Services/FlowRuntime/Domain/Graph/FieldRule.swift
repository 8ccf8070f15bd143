/// What one setting of a command must be.
package struct FieldRule: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// One of these words.
        case choice([String])
        /// A text of so many characters.
        case text(ClosedRange<Int>)
        /// A jq program.
        case program
        /// An absolute `http` or `https` URL.
        case url
        /// A whole number.
        case whole(ClosedRange<Int64>)
        /// Header names with their values.
        case headers
    }

    package var name: String
    package var kind: Kind
    package var isRequired: Bool

    package static func required(_ name: String, _ kind: Kind) -> FieldRule {
        FieldRule(name: name, kind: kind, isRequired: true)
    }

    package static func optional(_ name: String, _ kind: Kind) -> FieldRule {
        FieldRule(name: name, kind: kind, isRequired: false)
    }

    /// Everything that is wrong with a value, relative to the pointer of the field.
    func faults(of value: FieldValue, at pointer: String) -> [GraphFault] {
        if case .headers = self.kind { return Self.headerFaults(of: value, at: pointer) }
        if self.isKept(by: value) { return [] }
        return [GraphFault(pointer, "invalid_value", "must be \(self.expectation).")]
    }

    private func isKept(by value: FieldValue) -> Bool {
        switch self.kind {
        case .choice(let words): value.text.map(words.contains) ?? false
        case .text(let lengths):
            value.text.map { lengths.contains($0.unicodeScalars.count) } ?? false
        case .program: value.text.map(JQText.isAcceptable) ?? false
        case .url: value.text.map(Self.isURL) ?? false
        case .whole(let bounds): value.whole.map(bounds.contains) ?? false
        case .headers: true
        }
    }

    private var expectation: String {
        switch self.kind {
        case .choice(let words): "one of \(words.joined(separator: ", "))"
        case .text(let lengths):
            "a text of \(lengths.lowerBound) to \(lengths.upperBound) characters"
        case .program: JQText.expectation
        case .url:
            "an absolute http or https URL of at most \(FlowLimits.urlCharactersMax) characters"
        case .whole(let bounds): "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)"
        case .headers: "an object of header names and texts"
        }
    }

    /// Whether a text is an absolute `http` or `https` URL without white space or control bytes.
    package static func isURL(_ text: String) -> Bool {
        guard text.utf8.count <= FlowLimits.urlCharactersMax,
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return false }
        for scheme in ["http://", "https://"]
        where text.prefix(scheme.count).lowercased() == scheme {
            let host = text.dropFirst(scheme.count).prefix { !"/?#".contains($0) }
            return !host.isEmpty && !host.contains("@")
        }
        return false
    }

    /// Headers that are the transport's own business and may not be set by a step.
    static let reservedHeaders: Set<String> = [
        "connection", "content-length", "expect", "host", "keep-alive", "proxy-connection", "te",
        "trailer", "transfer-encoding", "upgrade",
    ]

    private static func headerFaults(of value: FieldValue, at pointer: String) -> [GraphFault] {
        guard let headers = value.map, headers.count <= FlowLimits.headersMax else {
            return [
                GraphFault(
                    pointer, "invalid_value",
                    "must be an object of at most \(FlowLimits.headersMax) headers.")
            ]
        }
        return headers.sorted { $0.key < $1.key }.compactMap { name, value in
            let place = "\(pointer)/\(Pointer.escaped(name))"
            if !self.isToken(name) {
                return GraphFault(place, "invalid_value", "is not the name of a header.")
            }
            if self.reservedHeaders.contains(name.lowercased()) {
                return GraphFault(place, "reserved_header", "is set by the platform itself.")
            }
            guard let text = value.text, self.isHeaderText(text),
                name.utf8.count + text.utf8.count <= FlowLimits.headerBytesMax
            else {
                return GraphFault(place, "invalid_value", "must be the text of a header.")
            }
            return nil
        }
    }

    /// A token of RFC 9110 section 5.6.2.
    private static func isToken(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }

    private static func isHeaderText(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7F) }
    }
}

/// What can be said of a jq program without compiling it.
package enum JQText {
    static let expectation = "a jq program of 1 to \(FlowLimits.programBytesMax) bytes"

    /// Whether a text may be given to the compiler.
    static func isAcceptable(_ text: String) -> Bool {
        let bytes = text.utf8
        return (1...FlowLimits.programBytesMax).contains(bytes.count) && !bytes.contains(0)
    }
}

/// Builds JSON pointers (RFC 6901).
enum Pointer {
    /// A name as a part of a pointer.
    static func escaped(_ name: String) -> String {
        var text = ""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "~": text += "~0"
            case "/": text += "~1"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
