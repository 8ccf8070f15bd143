import Crypto
import FoundationEssentials
import IdentityDomain

extension SSHPublicKey {
    /// `SHA256:` and the base64 of the key's digest without padding, as `ssh-keygen -l` shows it.
    var fingerprint: String {
        let digest = Data(SHA256.hash(data: self.bytes)).base64EncodedString()
        return "SHA256:" + digest.prefix { $0 != "=" }
    }

    /// Whether an ECDSA key's point is on its curve; other keys have none.
    var isOnItsCurve: Bool {
        guard case .ecdsa(let curve, let point) = self.kind else { return true }
        return switch curve {
        case .nistp256: (try? P256.Signing.PublicKey(x963Representation: point)) != nil
        case .nistp384: (try? P384.Signing.PublicKey(x963Representation: point)) != nil
        case .nistp521: (try? P521.Signing.PublicKey(x963Representation: point)) != nil
        }
    }
}
