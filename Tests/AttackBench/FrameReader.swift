import CNghttp2

/// A frame that came back.
package struct ReceivedFrame: Sendable {
    package var kind: UInt8
    package var flags: UInt8
    package var stream: UInt32
    package var payload: [UInt8]

    /// The error code of RST_STREAM and GOAWAY.
    package var code: UInt32 {
        let bytes =
            self.kind == Raw.Kind.goAway.rawValue ? self.payload[4..<8] : self.payload[0..<4]
        return bytes.reduce(0) { $0 << 8 | UInt32($1) }
    }
}

/// Takes apart what a server sends, and keeps all of it.
package final class FrameReader {
    private var inflater: OpaquePointer?
    private var unparsed: [UInt8] = []
    package private(set) var frames: [ReceivedFrame] = []
    /// Response fields by stream.
    package private(set) var responses: [UInt32: [String: String]] = [:]
    /// Body bytes by stream.
    package private(set) var bodies: [UInt32: [UInt8]] = [:]

    package init() {
        nghttp2_hd_inflate_new(&self.inflater)
    }

    deinit {
        nghttp2_hd_inflate_del(self.inflater)
    }

    package func take(_ bytes: some Sequence<UInt8>) {
        self.unparsed.append(contentsOf: bytes)
        var start = 0
        while self.unparsed.count - start >= 9 {
            let head = Array(self.unparsed[start..<start + 9])
            let length = Int(head[0]) << 16 | Int(head[1]) << 8 | Int(head[2])
            guard self.unparsed.count - start >= 9 + length else { break }
            let frame = ReceivedFrame(
                kind: head[3], flags: head[4],
                stream: head[5...].reduce(0) { $0 << 8 | UInt32($1) },
                payload: Array(self.unparsed[start + 9..<start + 9 + length]))
            start += 9 + length
            self.frames.append(frame)
            if frame.kind == Raw.Kind.headers.rawValue { self.inflate(frame) }
            if frame.kind == Raw.Kind.data.rawValue {
                self.bodies[frame.stream, default: []] += frame.payload
            }
        }
        self.unparsed.removeFirst(start)
    }

    private func inflate(_ frame: ReceivedFrame) {
        var payload = frame.payload
        payload.withUnsafeMutableBufferPointer { bytes in
            var start = bytes.baseAddress
            var left = bytes.count
            while true {
                var entry = nghttp2_nv()
                var flags: Int32 = 0
                let used = nghttp2_hd_inflate_hd2(self.inflater, &entry, &flags, start, left, 1)
                guard used >= 0 else { return }
                start = start.map { $0 + used }
                left -= used
                if flags & Int32(NGHTTP2_HD_INFLATE_EMIT.rawValue) != 0 {
                    let name = UnsafeBufferPointer(start: entry.name, count: entry.namelen)
                    let value = UnsafeBufferPointer(start: entry.value, count: entry.valuelen)
                    self.responses[frame.stream, default: [:]][
                        String(decoding: name, as: UTF8.self)] = String(
                            decoding: value, as: UTF8.self)
                }
                if flags & Int32(NGHTTP2_HD_INFLATE_FINAL.rawValue) != 0 { break }
            }
        }
        nghttp2_hd_inflate_end_headers(self.inflater)
    }

    package func frames(_ kind: Raw.Kind) -> [ReceivedFrame] {
        self.frames.filter { $0.kind == kind.rawValue }
    }

    /// What the GOAWAY frames say beside their code.
    package var debugText: String {
        String(decoding: self.frames(.goAway).flatMap { $0.payload.dropFirst(8) }, as: UTF8.self)
    }

    /// The code of the last GOAWAY, or `nil`.
    package var goAway: UInt32? { self.frames(.goAway).last?.code }

    package func status(_ stream: UInt32) -> String? { self.responses[stream]?[":status"] }

    /// Bytes of window that have been given for a stream; 0 is the connection.
    package func granted(_ stream: UInt32) -> Int {
        self.frames(.windowUpdate).filter { $0.stream == stream }.reduce(0) { $0 + Int($1.code) }
    }
}
