import Foundation
import RPC

/// Who may call what, read from the configuration that is shipped.
enum AllowedPeers {
    struct Unreadable: Error {}

    /// The lists of `rpc.allow`, which the file writes one a line: `Method: [peer, peer]`.
    static func lists() throws -> [String: [String]] {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let file = root.appending(path: "deploy/contracts/config.yaml")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
        guard let start = lines.firstIndex(of: "  allow:") else { throw Unreadable() }
        var lists: [String: [String]] = [:]
        for line in lines[(start + 1)...].prefix(while: { $0.hasPrefix("    ") }) {
            let parts = line.split(separator: ":")
            guard parts.count == 2 else { throw Unreadable() }
            lists[parts[0].trimmingCharacters(in: .whitespaces)] = parts[1]
                .trimmingCharacters(in: CharacterSet(charactersIn: " []"))
                .split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        return lists
    }

    static func accessList() throws -> AccessList {
        AccessList(try Self.lists().mapValues { Set($0.map { PeerName($0) }) })
    }
}

/// Base64 (RFC 4648, section 4) of a text, for `Authorization: Basic`.
enum Base64Text {
    static func encode(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
}

/// Bytes written as hexadecimal digits.
enum Hexadecimal {
    static func bytes(_ text: String) -> [UInt8] {
        let digits = Array(text.utf8).compactMap { Character(UnicodeScalar($0)).hexDigitValue }
        return stride(from: 0, to: digits.count - 1, by: 2).map {
            UInt8(digits[$0] << 4 | digits[$0 + 1])
        }
    }

    static func text(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
