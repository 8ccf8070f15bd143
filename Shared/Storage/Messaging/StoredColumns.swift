import CBOR
import RPC

/// An answer as the columns of a table hold it.
struct StoredColumns: Sendable {
    /// The reply, byte for byte.
    var reply: [UInt8]?
    /// What was said beside it.
    var metadata: [UInt8]?
    /// The error.
    var error: [UInt8]?
}

extension StoredColumns {
    init(_ answer: StoredAnswer) throws {
        switch answer {
        case .reply(let bytes, let metadata):
            let said = StoredEntry.entries(metadata)
            self.init(
                reply: bytes, metadata: said.isEmpty ? nil : try CBOREncoder().encode(said),
                error: nil)
        case .error(let error):
            self.init(
                reply: nil, metadata: nil, error: try CBOREncoder().encode(StoredError(error)))
        }
    }

    /// The answer; `nil` when there is none yet.
    func answer() throws -> StoredAnswer? {
        if let reply = self.reply {
            let said = try self.metadata.map { bytes in
                try CBORDecoder().decode([StoredEntry].self, from: bytes)
            }
            return .reply(reply, StoredEntry.metadata(said ?? []))
        }
        return try self.error.map { bytes in
            .error(try CBORDecoder().decode(StoredError.self, from: bytes).error)
        }
    }
}

/// A name and its value, one of the two kinds.
private struct StoredEntry: Codable {
    var name: String
    var text: String?
    var bytes: [UInt8]?

    static func entries(_ metadata: RPCMetadata) -> [StoredEntry] {
        metadata.entries.map { entry in
            switch entry.value {
            case .text(let text): StoredEntry(name: entry.name, text: text)
            case .bytes(let bytes): StoredEntry(name: entry.name, bytes: bytes)
            }
        }
    }

    static func metadata(_ entries: [StoredEntry]) -> RPCMetadata {
        var metadata = RPCMetadata()
        for entry in entries {
            if let text = entry.text { metadata.append(entry.name, text) }
            if let bytes = entry.bytes { metadata.append(entry.name, bytes) }
        }
        return metadata
    }
}

/// An error as it is kept.
private struct StoredError: Codable {
    var code: RPCError.Code
    var message: String
    var details: [RPCError.Detail]
    var pushback: Int?
    var metadata: [StoredEntry]

    init(_ error: RPCError) {
        self.code = error.code
        self.message = error.message
        self.details = error.details
        self.pushback = error.retryPushbackMilliseconds
        self.metadata = StoredEntry.entries(error.metadata)
    }

    var error: RPCError {
        RPCError(
            self.code, self.message, details: self.details,
            retryPushbackMilliseconds: self.pushback, metadata: StoredEntry.metadata(self.metadata))
    }
}
