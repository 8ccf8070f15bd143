import Crypto
package import JSONAPI

/// Proves the audit trail of a contract, entry by entry, as it was exported.
///
/// Each entry's `chain.sealed` has the texts that are hashed: contract, number, tenant, milliseconds
/// since 1970, actor, request id, action and change. The hash is SHA-256 of the hash before (32 zero
/// bytes at first) and of each text with its length in bytes and a colon in front. A person stands
/// there as `sha256:` and the digest of a salt and the texts that are shown beside it; a person who
/// was erased is not shown, and the seal cannot be opened any more.
package struct AuditChain: Sendable {
    /// The contract whose trail it is, once there is an entry.
    package private(set) var contract: String?
    /// How many entries there were.
    package private(set) var count: Int64 = 0
    /// The hash of the last one as hexadecimal digits.
    package private(set) var head = String(repeating: "0", count: 64)

    /// Where and why a trail is broken.
    package struct Break: Error, Hashable, Sendable, CustomStringConvertible {
        /// The number the entry should have.
        package var number: Int64
        /// What is wrong with it.
        package var reason: String

        /// `entry 3: …`
        package var description: String { "entry \(self.number): \(self.reason)" }
    }

    /// A trail without entries.
    package init() {}

    /// Takes the next entry.
    ///
    /// - Throws: ``Break`` when it does not follow from the entries before.
    package mutating func append(_ entry: JSON) throws(Break) {
        let number = self.count + 1
        func demand(_ holds: Bool, _ reason: String) throws(Break) {
            if !holds { throw Break(number: number, reason: reason) }
        }
        let attributes = entry["attributes"]
        let chain = attributes?["chain"]
        let texts = chain?["sealed"]?.array?.compactMap(\.string) ?? []
        guard entry["type"] == "audit-entry", let attributes, let chain, texts.count == 8 else {
            throw Break(number: number, reason: "it is not an entry of an audit trail")
        }
        try demand(texts[1] == String(number), "it is number \(texts[1])")
        try demand(self.contract ?? texts[0] == texts[0], "it is of contract \(texts[0])")
        try demand(
            chain["previous_hash"]?.string == self.head, "it does not follow the entry before")
        let hash = Self.hash(texts, after: self.head)
        try demand(chain["hash"]?.string == hash, "its hash is not that of what it says")
        try demand(
            attributes["number"]?.integer == number && attributes["action"]?.string == texts[6]
                && Self.milliseconds(attributes["at"]?.string) == texts[3],
            "it shows another number, time or action than it was hashed with")
        let change = try? JSON(parsing: texts[7])
        try demand(
            attributes["before"] == change?["before"] && attributes["after"] == change?["after"],
            "it shows another change than it was hashed with")
        try demand(
            Self.isPerson(
                attributes["actor"], attributes["request_id"], salt: chain["author_salt"],
                sealed: texts[4], texts[5]),
            "it shows another actor or request than it was hashed with")
        try demand(
            Self.isPerson(
                attributes["subject"], nil, salt: chain["subject_salt"],
                sealed: change?["subject"]?.string, nil),
            "it shows another subject than it was hashed with")
        self.contract = texts[0]
        self.count = number
        self.head = hash
    }

    private static func hash(_ texts: [String], after head: String) -> String {
        let bytes = texts.reduce(into: self.bytes(head) ?? []) { bytes, text in
            bytes += Array("\(text.utf8.count):\(text)".utf8)
        }
        return self.text(SHA256.hash(data: bytes))
    }

    /// Whether what is shown of a person is what was sealed, or nothing of somebody erased.
    private static func isPerson(
        _ shown: JSON?, _ request: JSON?, salt: JSON?, sealed: String?, _ sealedRequest: String?
    ) -> Bool {
        guard let sealed else { return shown == .null }
        guard sealed.hasPrefix("sha256:") else {
            return shown?.string == sealed && request?.string == sealedRequest
        }
        guard let salt = salt?.string else { return shown == .null && request ?? .null == .null }
        guard let bytes = self.bytes(salt), let shown = shown?.string else { return false }
        let texts = [shown] + (request?.string.map { [$0] } ?? [])
        let sealing = texts.reduce(into: bytes) { bytes, text in
            bytes += Array("\(text.utf8.count):\(text)".utf8)
        }
        return sealed == "sha256:" + self.text(SHA256.hash(data: sealing))
    }

    /// The milliseconds since 1970 of a time, as a text.
    private static func milliseconds(_ time: String?) -> String? {
        time.flatMap { CivilTime.milliseconds(rfc3339: $0) }.map { String($0) }
    }

    private static func text(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    private static func bytes(_ digits: String) -> [UInt8]? {
        let digits = Array(digits.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            let pair = String(decoding: digits[index...(index + 1)], as: UTF8.self)
            guard let byte = UInt8(pair, radix: 16) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }
}
