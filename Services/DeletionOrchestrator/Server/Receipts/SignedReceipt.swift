import Crypto
import JSONAPI

/// A receipt as it is stored and given out: the very bytes that were signed, and the signature.
struct SignedReceipt: Hashable, Sendable {
    /// The canonical JSON (RFC 8785).
    var document: [UInt8]
    /// SHA-256 of the document; the next receipt names it.
    var digest: [UInt8]
    /// Ed25519 over the document (RFC 8032).
    var signature: [UInt8]
    /// The key that verifies it, 32 bytes.
    var publicKey: [UInt8]

    /// Whether digest and signature are those of the document.
    var isGenuine: Bool {
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: self.publicKey)
        else { return false }
        return Array(SHA256.hash(data: self.document)) == self.digest
            && key.isValidSignature(self.signature, for: self.document)
    }

    /// What the receipt says of each kind, for the view of a deletion that is done.
    func kinds() throws -> [KindView] {
        let kinds = try JSON(parsing: self.document)["kinds"]?.array ?? []
        return kinds.compactMap { kind in
            guard let service = kind["service"]?.string, let name = kind["kind"]?.string,
                let found = kind["found"]?.integer, let deleted = kind["deleted"]?.integer,
                let remaining = kind["remaining"]?.integer
            else { return nil }
            return KindView(
                service: service, kind: name, found: Int(found), deleted: Int(deleted),
                remaining: Int(remaining))
        }
    }
}
