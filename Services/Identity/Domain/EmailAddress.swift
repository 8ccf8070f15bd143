/// An e-mail address: as it was given, and as it is compared.
///
/// The syntax is the dot-string form of RFC 5321, section 4.1.2, in ASCII; quoted local parts and
/// address literals are refused. Whether anybody reads mail there is not known.
package struct EmailAddress: Hashable, Sendable {
    /// Bytes of an address (RFC 5321, section 4.5.3.1.3, without the angle brackets).
    package static let bytesMax = 254
    /// Bytes of what stands before the `@` (section 4.5.3.1.1).
    package static let localBytesMax = 64
    /// Bytes of one label of the host (RFC 1035, section 2.3.4).
    package static let labelBytesMax = 63

    /// The address as it was given.
    package let text: String
    /// The address in lower case: two addresses are the same when this is.
    package let folded: String

    /// Reads an address; `nil` unless it keeps the syntax.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard text.utf8.count <= Self.bytesMax, parts.count == 2,
            Self.isLocalPart(parts[0]), Self.isHost(parts[1])
        else { return nil }
        self.text = text
        self.folded = Self.fold(text)
    }

    /// Any text in the form addresses are compared by: ASCII letters in lower case.
    package static func fold(_ text: String) -> String {
        String(
            decoding: text.utf8.map { byte in
                (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
            }, as: UTF8.self)
    }

    private static func isLocalPart(_ part: Substring.UTF8View) -> Bool {
        let atoms = part.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return part.count <= Self.localBytesMax
            && atoms.allSatisfy { !$0.isEmpty && $0.allSatisfy(Self.isAtomByte) }
    }

    private static func isHost(_ part: Substring.UTF8View) -> Bool {
        let hyphen = UInt8(ascii: "-")
        let labels = part.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        return labels.allSatisfy { label in
            !label.isEmpty && label.count <= Self.labelBytesMax
                && label.first != hyphen && label.last != hyphen
                && label.allSatisfy { Self.isAlphanumeric($0) || $0 == hyphen }
        }
    }

    private static func isAtomByte(_ byte: UInt8) -> Bool {
        Self.isAlphanumeric(byte) || "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
