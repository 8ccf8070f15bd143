/// A 256-bit secret that stands for its user: `cov_` and 64 lower-case hexadecimal digits.
///
/// The prefix lets tools that look for leaked secrets know one. It prints as `[redacted]`.
package struct APIKey: Hashable, Sendable {
    /// What every key begins with.
    package static let prefix = "cov_"
    /// Random bytes of a key.
    package static let randomBytes = 32

    /// The key itself: shown to its user once, stored nowhere.
    package let text: String

    /// Makes a key from the system's random numbers.
    package init() {
        var random = SystemRandomNumberGenerator()
        self.init(using: &random)
    }

    /// Makes a key from the given random numbers.
    package init(using random: inout some RandomNumberGenerator) {
        var text = Self.prefix
        for _ in 0..<Self.randomBytes {
            let byte = UInt8.random(in: .min ... .max, using: &random)
            text += String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }
        self.text = text
    }

    /// Reads a key; `nil` for anything that cannot be one.
    package init?(_ text: String) {
        let digits = text.utf8.dropFirst(Self.prefix.utf8.count)
        guard text.hasPrefix(Self.prefix), digits.count == 2 * Self.randomBytes,
            digits.allSatisfy({
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            })
        else { return nil }
        self.text = text
    }
}

extension APIKey: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "[redacted]" }
    package var debugDescription: String { "[redacted]" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
