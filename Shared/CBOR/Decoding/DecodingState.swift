/// All that one call of a decoder works on; lives behind a pointer that every container holds.
struct DecodingState: ~Copyable {
    /// The input, which has been checked as a whole before anything asks for a part of it.
    var base = UnsafePointer<UInt8>(bitPattern: 1).unsafelyUnwrapped
    var end = 0
    var limits = CBORLimits.default
    /// Tells this call from all others; a container of another call is refused.
    var session = 0
    /// The cached containers handed out and not yet back.
    var open: UnsafeMutablePointer<MapCursor>?
    /// The item that was read last and where it ended, so that it need not be skipped again.
    var spanStart = -1
    var spanEnd = 0
    /// After a failure: which keys the maps on the way to it have, by offset.
    var keyTypes: [Int: any CodingKey.Type] = [:]
    /// After a failure that is not ours: the innermost value it came from.
    var failureOffset: Int?
    var types: TypeTable
    var slots = SlotTable<MapCursor>()
    let keepsContainers: Bool
    var next: UnsafeMutablePointer<DecodingState>?

    static let callEnded = CBORError(
        .containerClosed, offset: 0, "a coding container was used after its call had ended")

    init(_ means: CodingMeans) {
        self.keepsContainers = means.keepsContainers
        self.types = TypeTable(usesDirect: means.usesDirectCoding)
    }

    fileprivate func freeContents() {
        self.slots.free()
        self.types.free()
    }

    @inline(__always)
    func reader(at offset: Int) -> CBORReader {
        CBORReader(base: self.base, end: self.end, at: offset, limits: self.limits)
    }

    /// Where the item at an offset, which has been checked, ends.
    @inline(__always)
    func end(ofItemAt offset: Int) -> Int {
        guard offset < self.end else { return self.end }
        let initial = self.base[offset]
        let info = initial & 31
        if info < 24 {
            switch initial >> 5 {
            case 0, 1, 7: return offset &+ 1
            case 2, 3: return min(offset &+ 1 &+ Int(info), self.end)
            default: break
            }
        }
        return self.longEnd(ofItemAt: offset)
    }

    @inline(never)
    private func longEnd(ofItemAt offset: Int) -> Int {
        var reader = self.reader(at: offset)
        // Cannot fail, as the item has been checked; if it did, there would be nothing after it.
        return (try? reader.skipChecked()) == nil ? self.end : reader.position
    }

    /// Notes an item that has been read.
    @inline(__always)
    mutating func note(_ start: Int, end: Int) {
        self.spanStart = start
        self.spanEnd = end
    }

    /// Where the item at `offset` ends, after what was made of it has been made; takes back the
    /// containers handed out since.
    @inline(__always)
    mutating func settle(_ offset: Int, _ mark: UnsafeMutablePointer<MapCursor>?) -> Int {
        var end = self.spanStart == offset ? self.spanEnd : -1
        while let slot = self.open, slot != mark {
            if slot.pointee.start == offset { end = slot.pointee.finish() }
            self.takeBackNewest()
        }
        return end >= 0 ? end : self.end(ofItemAt: offset)
    }

    /// Takes back the containers handed out since, after a failure in the item at `offset`.
    @inline(never)
    mutating func abandon(
        _ offset: Int, _ mark: UnsafeMutablePointer<MapCursor>?, _ error: any Error
    ) {
        if !(error is CBORError), self.failureOffset == nil { self.failureOffset = offset }
        while let slot = self.open, slot != mark {
            self.keyTypes[slot.pointee.start] = slot.pointee.idle.pointee.keyType
            self.takeBackNewest()
        }
    }

    @inline(__always)
    private mutating func takeBackNewest() {
        guard let slot = self.open else { return }
        self.open = slot.pointee.next
        slot.pointee.trim()
        self.slots.takeBack(slot)
    }

    /// The keys and positions on the way from the outermost item to the one at `target`.
    func codingPath(to target: Int) -> [any CodingKey] {
        var path: [any CodingKey] = []
        var reader = self.reader(at: 0)
        while reader.position < target, let key = self.step(&reader, towards: target) {
            path.append(key)
        }
        return path
    }

    /// Moves from an array or map to the element or value that holds `target`.
    private func step(_ reader: inout CBORReader, towards target: Int) -> (any CodingKey)? {
        while reader.position < target, let initial = try? reader.peek(), initial >> 5 == 6 {
            _ = try? reader.tag()
        }
        let start = reader.position
        guard let (initial, count) = try? reader.head(), (4...5).contains(initial >> 5) else {
            return nil
        }
        for index in 0..<count {
            var key: any CodingKey = CBORIndex(Int(index))
            if initial >> 5 == 5 {
                guard let name = self.key(&reader, self.keyType(ofMapAt: start)) else { return nil }
                key = name
            }
            let value = reader.position
            guard value <= target else { return nil }
            if (try? reader.skip()) == nil || reader.position > target {
                reader.position = value
                return key
            }
        }
        return nil
    }

    private func key(
        _ reader: inout CBORReader, _ type: (any CodingKey.Type)?
    ) -> (any CodingKey)? {
        guard let key = try? reader.anyKey() else { return nil }
        if let text = key.stringValue { return CBORKey.named(text, type) }
        return key.intValue.map { CBORKey.named($0, type) }
            ?? CBORKey(stringValue: key.description)
    }

    private func keyType(ofMapAt start: Int) -> (any CodingKey.Type)? {
        if let type = self.keyTypes[start] { return type }
        var next = self.open
        while let slot = next {
            if slot.pointee.start == start { return slot.pointee.idle.pointee.keyType }
            next = slot.pointee.next
        }
        return nil
    }
}

extension UnsafeMutablePointer<DecodingState> {
    static func make(_ means: CodingMeans) -> Self {
        let state = Self.allocate(capacity: 1)
        state.initialize(to: DecodingState(means))
        return state
    }

    func free() {
        self.pointee.freeContents()
        self.deinitialize(count: 1)
        self.deallocate()
    }
}
