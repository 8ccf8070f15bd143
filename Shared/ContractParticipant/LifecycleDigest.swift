import CBOR
public import ContractLifecycle
import Crypto

extension LifecycleCommand {
    /// SHA-256 of the command's deterministic CBOR: what tells two commands of one epoch apart.
    ///
    /// - Throws: `CBORError`, which no command made by this program's types can cause.
    public func digest() throws -> [UInt8] { try LifecycleDigest.of(self) }
}

/// Tells repeated requests from different ones with the same identity.
public enum LifecycleDigest {
    /// SHA-256 of a value's deterministic CBOR (RFC 8949 section 4.2).
    public static func of(_ value: some Encodable) throws -> [UInt8] {
        Array(SHA256.hash(data: try CBOREncoder().encode(value)))
    }
}
