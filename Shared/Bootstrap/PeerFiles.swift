import RPC
import RPCOverHTTP2

/// The files by which peers know each other on Unix sockets.
enum PeerFiles {
    /// Bytes such a file may have.
    static let bytesMax = 64 * 1024

    /// Reads `NAME:TOKEN`, which proves who this service is.
    ///
    /// - Throws: ``ConfigurationError`` that never repeats the token.
    static func credentials(
        _ text: String, path: String
    ) throws(ConfigurationError) -> PeerCredentials {
        let parts = text.trimmingLineEnd().split(
            separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, parts[1].utf8.count >= self.tokenBytesMin,
            !text.trimmingLineEnd().contains(where: \.isWhitespace)
        else {
            throw ConfigurationError(
                "\(path) must hold NAME:TOKEN, the token of at least \(self.tokenBytesMin) bytes")
        }
        return PeerCredentials(peer: PeerName(String(parts[0])), token: String(parts[1]))
    }

    /// Reads lines of `NAME` and the SHA-256 of that peer's token in hexadecimal digits.
    ///
    /// - Throws: ``ConfigurationError`` naming the line.
    static func tokens(_ text: String, path: String) throws(ConfigurationError) -> PeerTokens {
        var digests: [PeerName: [UInt8]] = [:]
        for (index, line) in text.split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline
        ).enumerated() where !line.isEmpty {
            let parts = line.split(separator: " ")
            guard parts.count == 2, let digest = self.bytes(hexadecimal: parts[1]),
                digest.count == self.digestBytes
            else {
                throw ConfigurationError(
                    "\(path), line \(index + 1), must be NAME and 64 hexadecimal digits")
            }
            guard digests.updateValue(digest, forKey: PeerName(String(parts[0]))) == nil else {
                throw ConfigurationError("\(path), line \(index + 1): \(parts[0]) is listed twice")
            }
        }
        return PeerTokens(digests: digests)
    }

    private static let tokenBytesMin = 32
    private static let digestBytes = 32

    private static func bytes(hexadecimal text: Substring) -> [UInt8]? {
        let digits = text.utf8.map { UInt8(String(UnicodeScalar($0)), radix: 16) }
        guard digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[index], let low = digits[index + 1] else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }
}
