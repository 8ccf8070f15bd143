import CNghttp2

extension FieldRules {
    static func check(_ fields: HTTP2Fields) throws(HTTP2ResponseError) {
        guard !fields.areKnownValid else { return }
        var malformed: String?
        fields.withUnsafeFields { name, value in
            if malformed == nil, !self.isValid(name: name, value: value) {
                malformed = String(decoding: name, as: UTF8.self)
            }
        }
        if let malformed { throw .malformedField(malformed) }
    }

    static func check(status: Int) throws(HTTP2ResponseError) {
        guard (200...599).contains(status) else { throw .malformedStatus(status) }
    }
}

extension HTTP2HeaderBlock {
    /// Calls `body` with the block's entries followed by `fields`, which the library then copies.
    func withEntries(
        adding fields: HTTP2Fields, _ body: (UnsafePointer<nghttp2_nv>, Int) -> Void
    ) {
        guard fields.count > 0 else { return body(self.entries, self.count) }
        withUnsafeTemporaryAllocation(
            of: nghttp2_nv.self, capacity: self.count + fields.count
        ) { entries in
            guard let start = entries.baseAddress else { return }
            start.initialize(from: self.entries, count: self.count)
            fields.withEntries(into: start + self.count, flags: Nghttp2.flagNone) {
                body(start, self.count + fields.count)
            }
        }
    }
}

extension HTTP2Fields {
    /// Calls `body` with a pseudo-header field followed by these fields.
    func withEntries(
        after name: StaticString, _ value: String,
        _ body: (UnsafePointer<nghttp2_nv>, Int) -> Void
    ) {
        var value = value
        value.withUTF8 { value in
            withUnsafeTemporaryAllocation(
                of: nghttp2_nv.self, capacity: 1 + self.count
            ) { entries in
                guard let start = entries.baseAddress else { return }
                start.initialize(
                    to: nghttp2_nv(
                        name: UnsafeMutablePointer(mutating: name.utf8Start),
                        value: UnsafeMutablePointer(mutating: value.baseAddress),
                        namelen: name.utf8CodeUnitCount, valuelen: value.count,
                        flags: Nghttp2.flagNone))
                self.withEntries(into: start + 1, flags: Nghttp2.flagNone) {
                    body(start, 1 + self.count)
                }
            }
        }
    }

    /// Writes an entry for each field at `entries`, valid while `body` runs.
    func withEntries(
        into entries: UnsafeMutablePointer<nghttp2_nv>, flags: UInt8, _ body: () -> Void
    ) {
        self.bytes.withUnsafeBytes { raw in
            var entry = entries
            FieldStorage.forEach(in: raw) { name, value in
                entry.initialize(
                    to: nghttp2_nv(
                        name: UnsafeMutablePointer(
                            mutating: name.assumingMemoryBound(to: UInt8.self).baseAddress),
                        value: UnsafeMutablePointer(
                            mutating: value.assumingMemoryBound(to: UInt8.self).baseAddress),
                        namelen: name.count, valuelen: value.count, flags: flags))
                entry += 1
            }
            body()
        }
    }
}
