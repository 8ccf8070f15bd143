import CNghttp2

/// A response head that is made once and sent often.
///
/// Its bytes are allocated for the life of the process, so that sending it copies nothing. Keep
/// blocks in `static let`s; never make one for a request.
public struct HTTP2HeaderBlock: @unchecked Sendable {
    // The memory is written here and never again, nor freed: any thread may read it.
    let entries: UnsafePointer<nghttp2_nv>
    let count: Int
    /// The status.
    public let status: Int

    /// Makes a block.
    ///
    /// Names must be in lower case and values valid: a mistake stops the program at its start.
    public init(status: Int, fields: HTTP2Fields = [:]) {
        precondition((200...599).contains(status), "a response has a status from 200 to 599")
        var all: HTTP2Fields = [":status": String(status)]
        for (name, value) in fields {
            precondition(FieldRules.isValid(name: name, value: value), "a malformed field: \(name)")
            all.append(name, value)
        }
        self.entries = ImmortalFields.make(all)
        self.count = all.count
        self.status = status
    }
}

/// Header fields in memory that is never freed.
enum ImmortalFields {
    static func make(
        _ fields: HTTP2Fields, noIndex: Set<String> = []
    ) -> UnsafePointer<nghttp2_nv> {
        let entries = UnsafeMutablePointer<nghttp2_nv>.allocate(capacity: max(fields.count, 1))
        for (index, (name, value)) in fields.enumerated() {
            var entry = nghttp2_nv()
            entry.name = self.copy(name)
            entry.namelen = name.utf8.count
            entry.value = self.copy(value)
            entry.valuelen = value.utf8.count
            entry.flags = Nghttp2.noCopyField | (noIndex.contains(name) ? Nghttp2.noIndexField : 0)
            (entries + index).initialize(to: entry)
        }
        return UnsafePointer(entries)
    }

    private static func copy(_ text: String) -> UnsafeMutablePointer<UInt8> {
        let utf8 = Array(text.utf8)
        let copy = UnsafeMutablePointer<UInt8>.allocate(capacity: max(utf8.count, 1))
        copy.initialize(from: utf8, count: utf8.count)
        return copy
    }
}

/// What may be sent in a field: libnghttp2 checks what it receives, not what it is given to send.
enum FieldRules {
    /// RFC 9113 section 8.2.1, RFC 9110 sections 5.1 and 5.5, and no connection-specific fields.
    static func isValid(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) -> Bool {
        guard let first = name.first, let nameStart = name.baseAddress,
            first != UInt8(ascii: ":"),
            nghttp2_check_header_name(
                nameStart.assumingMemoryBound(to: UInt8.self), name.count) != 0
        else { return false }
        if let start = value.baseAddress, !value.isEmpty {
            guard
                nghttp2_check_header_value_rfc9113(
                    start.assumingMemoryBound(to: UInt8.self), value.count) != 0
            else { return false }
        }
        return !self.isConnectionSpecific(name)
    }

    static func isValid(name: String, value: String) -> Bool {
        var name = name
        var value = value
        return name.withUTF8 { name in
            value.withUTF8 { value in
                self.isValid(
                    name: UnsafeRawBufferPointer(name), value: UnsafeRawBufferPointer(value))
            }
        }
    }

    private static let connectionSpecific: [StaticString] = [
        "connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade",
    ]

    private static func isConnectionSpecific(_ name: UnsafeRawBufferPointer) -> Bool {
        self.connectionSpecific.contains { name.isEqual(to: $0) }
    }
}
