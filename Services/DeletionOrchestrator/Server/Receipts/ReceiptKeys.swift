import Crypto
import Identifiers

/// What receipts are signed with, and what users' marks in them are made with.
///
/// Both keys are made at the first start and live in the data directory, each in a file that only
/// the service's user may read. Whoever has them can sign receipts and recognise users in them.
public struct ReceiptKeys: Sendable {
    private let signing: Curve25519.Signing.PrivateKey
    private let marking: SymmetricKey

    /// Reads the keys of a data directory, making them when there are none.
    ///
    /// - Throws: ``KeyFileError`` when a file cannot be read or written, holds something else, or
    ///   may be read by others.
    public init(directory: String) throws {
        let signing = try KeyFile.bytes(at: "\(directory)/receipt-signing.key")
        let marking = try KeyFile.bytes(at: "\(directory)/receipt-marks.key")
        self.init(
            signing: try Curve25519.Signing.PrivateKey(rawRepresentation: signing),
            marking: SymmetricKey(data: marking))
    }

    init(signing: Curve25519.Signing.PrivateKey, marking: SymmetricKey) {
        self.signing = signing
        self.marking = marking
    }

    /// The key that verifies the signatures, 32 bytes (RFC 8032).
    var publicKey: [UInt8] { Array(self.signing.publicKey.rawRepresentation) }

    /// A short name of the key: the first 16 digits of its SHA-256.
    var keyID: String { String(Hexadecimal.text(SHA256.hash(data: self.publicKey)).prefix(16)) }

    /// The mark of a user in the receipt of a deletion: HMAC-SHA-256 over both ids.
    ///
    /// The deletion's id is in it so that the marks of one user in two receipts differ.
    func mark(of user: UserID, in operation: OperationID) -> String {
        let text = Array("\(operation.text):\(user.text)".utf8)
        return Hexadecimal.text(
            HMAC<SHA256>.authenticationCode(for: text, using: self.marking))
    }

    /// Signs a receipt.
    func sign(_ receipt: ReceiptDocument) throws -> SignedReceipt {
        let document = receipt.canonicalBytes
        return SignedReceipt(
            document: document, digest: Array(SHA256.hash(data: document)),
            signature: Array(try self.signing.signature(for: document)),
            publicKey: self.publicKey)
    }
}
