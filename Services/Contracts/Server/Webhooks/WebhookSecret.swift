import Crypto
import Foundation

/// What a webhook is signed with, as Standard Webhooks 1.0.0 has it.
struct WebhookSecret: Sendable {
    /// The key's bytes.
    let bytes: [UInt8]

    /// The bytes of a key.
    static let bytesCount = 32

    /// Makes a secret from the system's random numbers.
    init() {
        var random = SystemRandomNumberGenerator()
        self.bytes = (0..<Self.bytesCount).map { _ in
            UInt8.random(in: .min ... .max, using: &random)
        }
    }

    /// Takes a stored secret.
    init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The secret as it is shown once: `whsec_` and base64.
    var text: String { "whsec_" + Data(self.bytes).base64EncodedString() }

    /// The header fields of a message: `v1,` and base64 of HMAC-SHA256 over
    /// `id.timestamp.body`.
    func fields(id: String, at milliseconds: Int64, body: String) -> [(String, String)] {
        let seconds = String(milliseconds / 1000)
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("\(id).\(seconds).\(body)".utf8), using: SymmetricKey(data: self.bytes))
        return [
            ("webhook-id", id), ("webhook-timestamp", seconds),
            ("webhook-signature", "v1," + Data(code).base64EncodedString()),
        ]
    }
}
