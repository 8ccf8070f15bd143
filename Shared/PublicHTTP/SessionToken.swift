import Crypto

/// What stands for a session in its cookie: `cvs_` and 64 lower-case hexadecimal digits.
///
/// 256 random bits, shown to the browser once and stored nowhere in clear. It prints as
/// `[redacted]`.
public struct SessionToken: Hashable, Sendable {
    /// What every token begins with.
    static let prefix = "cvs_"
    /// Random bytes of a token.
    static let randomBytes = 32

    private let text: String

    /// Makes a token from the system's random numbers.
    public init() {
        var random = SystemRandomNumberGenerator()
        let bytes = (0..<Self.randomBytes).map { _ in
            UInt8.random(in: .min ... .max, using: &random)
        }
        self.text = Self.prefix + Self.hexadecimal(bytes)
    }

    /// Reads a token; `nil` for anything that cannot be one.
    public init?(_ text: String) {
        let digits = text.utf8.dropFirst(Self.prefix.utf8.count)
        guard text.hasPrefix(Self.prefix), digits.count == 2 * Self.randomBytes,
            digits.allSatisfy({
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            })
        else { return nil }
        self.text = text
    }

    /// The token itself.
    public func reveal() -> String { self.text }

    /// What a page of the same origin must send beside the cookie with every unsafe request.
    ///
    /// It follows from the token, so that it need not be stored and every service can check it; it
    /// says nothing of the token.
    public var antiForgeryToken: String {
        let digest = SHA256.hash(data: Array("covenant anti-forgery \(self.text)".utf8))
        return Self.hexadecimal(Array(digest))
    }

    /// Whether `text` is the session's ``antiForgeryToken``, in a time that does not tell how near
    /// it comes.
    public func isAntiForgeryToken(_ text: String) -> Bool {
        let expected = Array(self.antiForgeryToken.utf8)
        let given = Array(text.utf8)
        guard given.count == expected.count else { return false }
        return zip(given, expected).reduce(into: UInt8(0)) { $0 |= $1.0 ^ $1.1 } == 0
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}

extension SessionToken: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `[redacted]`
    public var description: String { "[redacted]" }
    /// `[redacted]`
    public var debugDescription: String { "[redacted]" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
