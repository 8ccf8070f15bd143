import RPC

/// The last item of a streamed answer; no code means that all went well.
struct RPCEndMap: Codable {
    /// The code.
    var c: String?
    /// The message.
    var m: String?
    /// The details.
    var d: [RPCError.Detail]?
    /// What is said after the stream: what a unary answer would have said in its header.
    var t: RPCTrailingFields?

    /// Ends a stream well, or with an error and what that says.
    init(_ error: RPCError?, trailing: RPCMetadata) {
        self.c = error?.code.rawValue
        self.m = error?.message
        self.d = error.flatMap { $0.details.isEmpty ? nil : $0.details }
        let fields = RPCTrailingFields(
            metadata: error?.metadata ?? trailing,
            pushback: error?.retryPushbackMilliseconds)
        self.t = fields.isEmpty ? nil : fields
    }

    /// The error the stream ended with.
    ///
    /// - Throws: `internal` for metadata that may not be sent.
    func error() throws -> RPCError? {
        let metadata = try self.trailing()
        guard let code = self.c else { return nil }
        return RPCError(
            RPCError.Code(rawValue: code) ?? .unknown, self.m ?? "", details: self.d ?? [],
            retryPushbackMilliseconds: self.t?.pushback, metadata: metadata)
    }

    /// What was said after the stream.
    ///
    /// - Throws: `internal` for metadata that may not be sent.
    func trailing() throws -> RPCMetadata {
        let metadata = self.t?.metadata ?? RPCMetadata()
        try metadata.checkReceived()
        return metadata
    }
}

/// Names and their values as a CBOR map: texts, and byte strings under names that end in `-bin`.
struct RPCTrailingFields: Codable {
    var metadata: RPCMetadata
    var pushback: Int?

    private static let pushbackName = "rpc-retry-pushback-ms"

    init(metadata: RPCMetadata, pushback: Int?) {
        self.metadata = metadata
        self.pushback = pushback
    }

    var isEmpty: Bool { self.metadata.isEmpty && self.pushback == nil }

    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { self.stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        self.metadata = RPCMetadata()
        let container = try decoder.container(keyedBy: Name.self)
        for name in container.allKeys {
            if name.stringValue.hasSuffix("-bin") {
                for bytes in try container.decode([[UInt8]].self, forKey: name) {
                    self.metadata.append(name.stringValue, bytes)
                }
                continue
            }
            let texts = try container.decode([String].self, forKey: name)
            if name.stringValue == Self.pushbackName {
                self.pushback = RPCResponses.pushback(texts.first)
            } else if RPCMetadata.isOpen(name.stringValue) {
                for text in texts { self.metadata.append(name.stringValue, text) }
            }
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Name.self)
        for name in Set(self.metadata.entries.map(\.name)) {
            if name.hasSuffix("-bin") {
                try container.encode(self.metadata.bytes(name), forKey: Name(name))
            } else {
                try container.encode(self.metadata.texts(name), forKey: Name(name))
            }
        }
        if let pushback = self.pushback {
            try container.encode([String(pushback)], forKey: Name(Self.pushbackName))
        }
    }
}
