/// Stream ids that a peer passed over, and so may never use (RFC 9113 section 5.1.1).
///
/// libnghttp2 ignores a HEADERS frame on such an id; the RFC calls it a connection error.
struct SkippedStreams {
    /// What a HEADERS frame's stream id means.
    enum Verdict: Equatable {
        /// A new stream, or one in use: the library's to judge.
        case allowed
        /// An id that was passed over: PROTOCOL_ERROR.
        case skipped
        /// Ids are passed over too often: ENHANCE_YOUR_CALM.
        case abuse
    }

    private var highest: Int32 = -1
    private var ranges: [ClosedRange<Int32>] = []

    /// Judges the id of a HEADERS frame that begins.
    @inline(__always)
    mutating func headers(_ id: Int32) -> Verdict {
        if id == self.highest &+ 2 {
            self.highest = id
            return .allowed
        }
        return self.unusual(id)
    }

    private mutating func unusual(_ id: Int32) -> Verdict {
        guard id > 0, id & 1 == 1 else { return .allowed }
        guard id > self.highest else {
            return self.ranges.contains { $0.contains(id) } ? .skipped : .allowed
        }
        let first = self.highest + 2
        self.highest = id
        guard first < id else { return .allowed }
        guard self.ranges.count < FixedLimits.skippedRangesMax else { return .abuse }
        self.ranges.append(first...(id - 2))
        return .allowed
    }
}
