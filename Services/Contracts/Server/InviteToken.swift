import ContractsDomain
import Crypto

/// What an invited person presents: 32 random bytes as base64url. Only its digest is stored.
struct InviteToken: Sendable {
    /// The token as it stands in links.
    let text: String

    /// Makes a token from the system's random numbers.
    init() {
        var random = SystemRandomNumberGenerator()
        let bytes = (0..<InviteRules.tokenBytes).map { _ in
            UInt8.random(in: .min ... .max, using: &random)
        }
        self.text = Self.base64url(bytes)
    }

    /// Takes a token as it was presented; any text is one, though hardly a good one.
    init(presented text: String) { self.text = text }

    /// SHA-256 of the text.
    var digest: [UInt8] { Array(SHA256.hash(data: Array(self.text.utf8))) }

    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// Base64 with the URL alphabet, without padding (RFC 4648 section 5).
    private static func base64url(_ bytes: [UInt8]) -> String {
        var digits: [UInt8] = []
        var held: UInt32 = 0
        var heldBits: UInt32 = 0
        for byte in bytes {
            held = held << 8 | UInt32(byte)
            heldBits += 8
            while heldBits >= 6 {
                heldBits -= 6
                digits.append(Self.alphabet[Int(held >> heldBits & 63)])
            }
            held &= (1 << heldBits) - 1
        }
        if heldBits > 0 { digits.append(Self.alphabet[Int(held << (6 - heldBits) & 63)]) }
        return String(decoding: digits, as: UTF8.self)
    }
}
