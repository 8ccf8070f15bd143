extension EncodingState {
    /// The place that is being written now, as the keys and positions on the way to it.
    func codingPath(upTo depth: Int) -> [any CodingKey] {
        (0..<min(depth, self.depth)).compactMap { level in
            let frame = self.frames[level]
            guard frame.count > 0 else { return nil }
            guard frame.major == .map else { return CBORIndex(frame.count - 1) }
            return self.newestKey(of: frame, endingAt: level)
        }
    }

    private func newestKey(of frame: EncodingFrame, endingAt level: Int) -> (any CodingKey)? {
        let newest = frame.firstKey + frame.count - 1
        guard frame.valueStart >= 0, newest < self.keyCount else { return nil }
        var reader = CBORReader(
            base: UnsafePointer(self.writer.base.assumingMemoryBound(to: UInt8.self)),
            end: self.writer.used, at: self.keys[newest].start, limits: .default)
        let type = frame.slots?.pointee.idle.pointee.keyType
        if let text = try? reader.string() { return CBORKey.named(text, type) }
        reader.position = self.keys[newest].start
        return (try? reader.int()).map { CBORKey.named($0, type) }
    }

    private var pathText: String { CodingPathText.text(self.codingPath(upTo: self.depth)) }

    /// Keeps the first failure, with the place it happened at.
    mutating func keep(_ error: any Error) -> any Error {
        if let failure = self.failure { return failure }
        let located: any Error
        switch error {
        case var error as CBORError:
            if error.path.isEmpty { error.path = self.pathText }
            located = error
        case EncodingError.invalidValue(_, let context):
            located = CBORError(
                .invalidValue, offset: self.writer.used, path: self.pathText,
                context.debugDescription)
        default:
            located = error
        }
        self.failure = located
        return located
    }

    private mutating func fail(_ code: CBORError.Code, at offset: Int, _ message: String) {
        _ = self.keep(CBORError(code, offset: offset, message))
    }

    @inline(never)
    mutating func failTooDeep() {
        self.fail(
            .depthExceeded, at: self.writer.used,
            "the value nests deeper than \(Self.depthMax) levels")
    }

    @inline(never)
    mutating func failClosed() -> any Error {
        self.fail(
            .containerClosed, at: self.writer.used,
            "a coding container was used after its parent had gone on")
        return self.failure ?? CBORError(.containerClosed, offset: 0, "the call has ended")
    }

    @inline(never)
    mutating func failDuplicate(_ offset: Int) {
        self.fail(.duplicateKey, at: offset, "the same key is encoded twice")
    }

    @inline(never)
    mutating func failSecondValue() -> any Error {
        self.fail(
            .invalidValue, at: self.writer.used, "a value encodes more than one item of its own")
        return self.failure ?? CBORError(.invalidValue, offset: 0, "the call has ended")
    }
}
