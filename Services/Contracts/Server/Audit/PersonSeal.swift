import Crypto
import Identifiers
import Storage

/// What stands in the audit trail for a person: a commitment that says nothing once its opening is
/// gone.
///
/// `sha256:` and the digest of 32 random bytes, followed by each text with its length in front. The
/// random bytes and the texts are kept beside the trail, and erased when the person is: then nobody
/// can find the person by trying, and the chain of hashes, which covers the seal alone, still holds.
struct PersonSeal: Hashable, Sendable {
    /// The random bytes.
    let salt: [UInt8]
    /// What stands in the trail.
    let text: String

    /// The bytes of a salt.
    static let saltBytes = 32
    /// How a seal begins; nothing else in its place does.
    static let prefix = "sha256:"

    /// Seals texts about a person with a new salt.
    init(_ texts: [String]) {
        let random = DrawnRandomNumbers()
        var salt: [UInt8] = []
        salt.reserveCapacity(Self.saltBytes)
        while salt.count < Self.saltBytes {
            withUnsafeBytes(of: random.next()) { salt.append(contentsOf: $0) }
        }
        self.init(texts, salt: salt)
    }

    /// Seals texts with the salt of an opening.
    init(_ texts: [String], salt: [UInt8]) {
        self.salt = salt
        let bytes = texts.reduce(into: salt) { bytes, text in
            bytes.append(contentsOf: "\(text.utf8.count):".utf8)
            bytes.append(contentsOf: text.utf8)
        }
        self.text = Self.prefix + Hexadecimal.text(SHA256.hash(data: bytes))
    }
}

/// Bytes as hexadecimal digits.
enum Hexadecimal {
    /// Two lower-case digits a byte.
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        var digits: [UInt8] = []
        digits.reserveCapacity(2 * bytes.underestimatedCount)
        for byte in bytes {
            digits.append(self.digit(byte >> 4))
            digits.append(self.digit(byte & 15))
        }
        return String(decoding: digits, as: UTF8.self)
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }
}
