import Identifiers

/// A public key of the kind SSH clients offer, read from a line of an OpenSSH `.pub` file.
///
/// The line is `type base64 comment`; the base64 holds the key in the encoding of RFC 4253, section
/// 6.6 (RSA), RFC 5656, section 3.1 (ECDSA) or RFC 8709, section 4 (Ed25519). Everything is read to
/// the last byte: a key that any implementation could read differently is none.
package struct SSHPublicKey: Hashable, Sendable {
    /// Bytes of a line.
    package static let lineBytesMax = 8_192
    /// Bits of an RSA modulus.
    package static let rsaBits = 2_048...16_384

    /// What kind of key it is.
    package enum Kind: Hashable, Sendable {
        /// Ed25519.
        case ed25519
        /// RSA, with so many bits.
        case rsa(bits: Int)
        /// ECDSA over a curve, with the point (SEC 1, section 2.3.3, not compressed); whether it is
        /// on the curve is not known yet.
        case ecdsa(Curve, point: [UInt8])
    }

    /// The curves of RFC 5656, section 10.1, that are required.
    package enum Curve: String, CaseIterable, Hashable, Sendable {
        case nistp256
        case nistp384
        case nistp521

        /// Bytes of a coordinate.
        var coordinateBytes: Int {
            switch self {
            case .nistp256: 32
            case .nistp384: 48
            case .nistp521: 66
            }
        }
    }

    /// Why a line is no key that is accepted: completes the name of the member.
    package struct Fault: Error, Hashable, Sendable {
        /// What is wrong; never part of the line.
        package let reason: String

        static let malformed = Fault(
            reason: "must be a public key as in an OpenSSH .pub file: type, base64, comment.")
        static let isPrivate = Fault(
            reason: "must be a public key; this is a private one: replace it, it is not safe now.")
        static let unknownType = Fault(
            reason: "must be an ssh-ed25519, ssh-rsa or ecdsa-sha2-nistp256/384/521 key.")
        static let contradiction = Fault(
            reason: "must say the same type before and inside its base64.")
        static let weak = Fault(
            reason:
                "must have an RSA modulus of \(rsaBits.lowerBound) to \(rsaBits.upperBound) bits.")
    }

    /// The kind.
    package let kind: Kind
    /// The key's type, as it stands first in the line.
    package let type: String
    /// The base64 of the key.
    package let base64: String
    /// What its owner noted behind it; may be empty.
    package let comment: String
    /// The key's bytes: what a fingerprint is made of.
    package let bytes: [UInt8]

    /// The line without the comment.
    package var text: String { "\(self.type) \(self.base64)" }

    /// Reads a line.
    package init(_ line: String) throws(Fault) {
        if line.contains("PRIVATE KEY") { throw .isPrivate }
        let line = line.drop(while: \.isWhitespace)
        guard line.utf8.count <= Self.lineBytesMax else { throw .malformed }
        let parts = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: true)
        guard parts.count >= 2, let type = parts.first.map(String.init) else { throw .malformed }
        self.type = type
        self.base64 = String(parts[1].prefix { !$0.isWhitespace })
        let comment = parts.count > 2 ? Self.trimmed(parts[2]) : ""
        guard parts[1].dropFirst(self.base64.count).allSatisfy(\.isWhitespace),
            !comment.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }),
            // With its padding: the line has one spelling.
            !self.base64.isEmpty, self.base64.utf8.count.isMultiple(of: 4),
            let bytes = Base64.decode(self.base64[...])
        else { throw .malformed }
        self.comment = comment
        self.bytes = bytes
        self.kind = try Self.kind(of: bytes, type: type)
    }

    private static func trimmed(_ text: Substring) -> String {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    private static func kind(of bytes: [UInt8], type: String) throws(Fault) -> Kind {
        var reader = SSHReader(bytes)
        guard let inner = reader.text() else { throw .malformed }
        guard inner == type else { throw .contradiction }
        let kind: Kind
        switch type {
        case "ssh-ed25519":
            guard reader.string()?.count == 32 else { throw .malformed }
            kind = .ed25519
        case "ssh-rsa": kind = try Self.rsa(&reader)
        default:
            guard type.hasPrefix("ecdsa-sha2-"),
                let curve = Curve(rawValue: String(type.dropFirst("ecdsa-sha2-".count)))
            else { throw .unknownType }
            kind = try Self.ecdsa(curve, &reader)
        }
        guard reader.isAtEnd else { throw .malformed }
        return kind
    }

    private static func rsa(_ reader: inout SSHReader) throws(Fault) -> Kind {
        guard let exponent = reader.positiveInteger(), let modulus = reader.positiveInteger(),
            Self.isOdd(exponent), Self.isOdd(modulus), Self.bits(of: exponent) > 1
        else { throw .malformed }
        let bits = Self.bits(of: modulus)
        guard Self.rsaBits.contains(bits), Self.bits(of: exponent) < bits else { throw .weak }
        return .rsa(bits: bits)
    }

    private static func ecdsa(
        _ curve: Curve, _ reader: inout SSHReader
    ) throws(Fault) -> Kind {
        guard reader.text() == curve.rawValue, let point = reader.string(),
            point.first == 4, point.count == 1 + 2 * curve.coordinateBytes
        else { throw .malformed }
        return .ecdsa(curve, point: Array(point))
    }

    private static func isOdd(_ number: ArraySlice<UInt8>) -> Bool { (number.last ?? 0) & 1 == 1 }

    private static func bits(of number: ArraySlice<UInt8>) -> Int {
        guard let first = number.first else { return 0 }
        return number.count * 8 - first.leadingZeroBitCount
    }
}

/// Reads the data types of RFC 4251, section 5.
struct SSHReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { self.rest = bytes[...] }

    /// Whether everything was read.
    var isAtEnd: Bool { self.rest.isEmpty }

    /// A `string`; `nil` when it is cut off.
    mutating func string() -> ArraySlice<UInt8>? {
        guard self.rest.count >= 4 else { return nil }
        let count = self.rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
        guard self.rest.count - 4 >= count else { return nil }
        defer { self.rest = self.rest.dropFirst(4 + count) }
        return self.rest.dropFirst(4).prefix(count)
    }

    /// A `string` that is text.
    mutating func text() -> String? {
        self.string().flatMap { String(validating: $0, as: UTF8.self) }
    }

    /// An `mpint` above zero, without its sign byte; `nil` also when it is longer than it need be.
    mutating func positiveInteger() -> ArraySlice<UInt8>? {
        guard let bytes = self.string(), let first = bytes.first, first < 0x80 else { return nil }
        guard first == 0 else { return bytes }
        let magnitude = bytes.dropFirst()
        guard let next = magnitude.first, next >= 0x80 else { return nil }
        return magnitude
    }
}
