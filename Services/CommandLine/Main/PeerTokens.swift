import Crypto
import Foundation

/// The tokens by which the processes of one machine know each other on Unix sockets.
///
/// Each peer has a token of its own (256 random bits as hexadecimal digits) that only it can read;
/// everyone knows the SHA-256 digests and can so recognise a token without being able to make one.
enum PeerTokens {
    /// Makes the tokens that are missing and writes the list of digests anew.
    static func write(in directory: SuiteDirectory) throws {
        var digests = ""
        for peer in Suite.peers {
            let token = try self.token(of: peer, in: directory)
            let digest = SHA256.hash(data: Data(token.utf8))
            digests += "\(peer) \(digest.map { Self.hexadecimal($0) }.joined())\n"
        }
        try self.write(digests, to: directory.peers)
    }

    /// The kept token of a peer, or a new one.
    private static func token(of peer: String, in directory: SuiteDirectory) throws -> String {
        let file = directory.token(of: peer)
        if let kept = try? String(contentsOf: file, encoding: .utf8) {
            let parts = kept.trimmingCharacters(in: .newlines).split(separator: ":")
            guard parts.count == 2, parts[0] == peer, parts[1].count == 64 else {
                throw SuiteError("\(file.path) is damaged: remove it to have a new token made")
            }
            return String(parts[1])
        }
        let token = SymmetricKey(size: .bits256).withUnsafeBytes { bytes in
            bytes.map { Self.hexadecimal($0) }.joined()
        }
        try self.write("\(peer):\(token)\n", to: file)
        return token
    }

    private static func write(_ text: String, to file: URL) throws {
        let isMade = FileManager.default.createFile(
            atPath: file.path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        guard isMade else { throw SuiteError("\(file.path) cannot be written") }
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0\(digits)" : digits
    }
}
