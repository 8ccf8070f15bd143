#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Where a keyed container is in its map; what the container points at.
///
/// Keys are mostly asked for in the order they were written in, so the entry after the last one
/// found is tried first. Entries passed over on the way to a later one are kept in an index, so
/// nothing is skipped twice. The input has been checked before.
struct MapCursor: ContainerSlot {
    private struct Entry {
        var key: UInt32
        var value: UInt32
    }

    let state: UnsafeMutablePointer<DecodingState>
    /// The call the container belongs to.
    var session = 0
    /// Where the map starts.
    var start = 0
    /// How many entries it has.
    var count = 0
    /// How many of them are in the index.
    private var passed = 0
    /// The next byte: a key, or a value if one is pending.
    private var position = 0
    /// Whether the value of the last entry passed has not been passed itself.
    private var isPending = false
    /// The entry to try first.
    private var hint = 0
    var textKeysOnly = false
    private var entries: UnsafeMutableBufferPointer<Entry>
    /// The container itself, while it is cached.
    var box: AnyObject?
    var next: UnsafeMutablePointer<MapCursor>?
    let idle: UnsafeMutablePointer<SlotTable<MapCursor>.Idle>

    init(
        _ state: UnsafeMutablePointer<DecodingState>,
        _ idle: UnsafeMutablePointer<SlotTable<MapCursor>.Idle>
    ) {
        self.state = state
        self.idle = idle
        self.entries = UnsafeMutableBufferPointer(start: nil, count: 0)
    }

    /// Points at another map.
    @inline(__always)
    mutating func open(_ map: ItemDecoder, count: Int, content: Int) {
        self.session = self.state.pointee.session
        self.start = map.offset
        self.count = count
        self.passed = 0
        self.position = content
        self.isPending = false
        self.hint = 0
        self.textKeysOnly = map.textKeysOnly
    }

    /// Gives the index back if it has grown large.
    mutating func trim() {
        if self.entries.count > ScratchLimits.indexEntriesKeptMax { self.freeIndex() }
    }

    mutating func close() { self.session = -1 }

    mutating func freeContents() { self.freeIndex() }

    private mutating func freeIndex() {
        self.entries.deallocate()
        self.entries = UnsafeMutableBufferPointer(start: nil, count: 0)
    }

    /// Where the value of an integer key starts, or nil.
    @inline(__always)
    mutating func find(_ number: Int) throws -> Int? {
        let argument = UInt64(bitPattern: Int64(number < 0 ? ~number : number))
        let major: CBORMajor = number < 0 ? .negative : .unsigned
        return try self.find(WantedKey(major, argument, nil))
    }

    /// Where the value of a text key starts, or nil.
    @inline(__always)
    mutating func find(_ text: String) throws -> Int? {
        var text = text
        return try text.withUTF8 { utf8 in
            try self.find(WantedKey(.text, UInt64(utf8.count), utf8.baseAddress))
        }
    }

    @inline(__always)
    private mutating func find(_ key: WantedKey) throws -> Int? {
        guard self.session == self.state.pointee.session else {
            throw DecodingState.callEnded
        }
        if self.isPending { self.passPending() }
        if self.hint == self.passed {
            if self.passed < self.count, let value = key.match(self.position, self.state) {
                return self.stop(at: value)
            }
        } else if let value = key.match(Int(self.entries[self.hint].key), self.state) {
            self.hint &+= 1
            return value
        }
        return self.search(key)
    }

    @inline(never)
    private mutating func search(_ key: WantedKey) -> Int? {
        for index in 0..<self.passed {
            if let value = key.match(Int(self.entries[index].key), self.state) {
                self.hint = index &+ 1
                return value
            }
        }
        while self.passed < self.count {
            if let value = key.match(self.position, self.state) { return self.stop(at: value) }
            self.passEntry()
        }
        return nil
    }

    /// Stops before a value; whoever reads it tells where it ends.
    @inline(__always)
    private mutating func stop(at value: Int) -> Int {
        self.append(Entry(key: UInt32(self.position), value: UInt32(value)))
        self.hint = self.passed
        self.position = value
        self.isPending = true
        return value
    }

    /// Tells that the value at `offset` ends at `end`.
    @inline(__always)
    mutating func passed(_ offset: Int, end: Int) {
        if self.isPending, self.position == offset {
            self.position = end
            self.isPending = false
        }
    }

    @inline(__always)
    private mutating func passPending() {
        self.position = self.state.pointee.end(ofItemAt: self.position)
        self.isPending = false
    }

    @inline(__always)
    private mutating func passEntry() {
        let value = self.state.pointee.end(ofItemAt: self.position)
        self.append(Entry(key: UInt32(self.position), value: UInt32(value)))
        self.position = self.state.pointee.end(ofItemAt: value)
    }

    /// Passes all that is left and returns where the map ends.
    @inline(__always)
    mutating func finish() -> Int {
        if self.isPending { self.passPending() }
        while self.passed < self.count { self.passEntry() }
        return self.position
    }

    @inline(__always)
    private mutating func append(_ entry: Entry) {
        if self.passed == self.entries.count { self.grow() }
        self.entries[self.passed] = entry
        self.passed &+= 1
    }

    @inline(never)
    private mutating func grow() {
        let larger = UnsafeMutableBufferPointer<Entry>.allocate(
            capacity: max(16, self.entries.count * 2))
        _ = larger.update(fromContentsOf: self.entries[..<self.passed])
        self.entries.deallocate()
        self.entries = larger
    }

    /// Hands over every key, in the order of the input.
    mutating func forEachKey(_ body: (inout CBORReader) -> Void) {
        guard self.session == self.state.pointee.session else { return }
        _ = self.finish()
        for entry in self.entries[..<self.passed] {
            var reader = self.state.pointee.reader(at: Int(entry.key))
            body(&reader)
        }
    }
}

/// A key that is looked for.
private struct WantedKey {
    /// The head that the key has when it is short, which tells nearly all keys apart.
    private let initial: UInt8
    private let isShort: Bool
    private let major: CBORMajor
    private let argument: UInt64
    private let text: UnsafePointer<UInt8>?

    @inline(__always)
    init(_ major: CBORMajor, _ argument: UInt64, _ text: UnsafePointer<UInt8>?) {
        self.isShort = argument < 24
        self.initial = major.rawValue &<< 5 | UInt8(truncatingIfNeeded: argument) & 31
        self.major = major
        self.argument = argument
        self.text = text
    }

    /// Where the value starts if the key at an offset is this one.
    @inline(__always)
    func match(_ offset: Int, _ state: UnsafeMutablePointer<DecodingState>) -> Int? {
        guard offset < state.pointee.end else { return nil }
        let found = state.pointee.base[offset]
        if self.isShort, found & 31 < 24 {
            guard found == self.initial else { return nil }
            return self.matchContent(offset &+ 1, state)
        }
        return self.matchLong(offset, state)
    }

    /// As `match`, for a key whose head is longer than a byte, if only for no good reason.
    @inline(never)
    private func matchLong(
        _ offset: Int, _ state: UnsafeMutablePointer<DecodingState>
    ) -> Int? {
        var reader = state.pointee.reader(at: offset)
        guard let (initial, argument) = try? reader.head(),
            initial >> 5 == self.major.rawValue, argument == self.argument
        else { return nil }
        return self.matchContent(reader.position, state)
    }

    @inline(__always)
    private func matchContent(
        _ start: Int, _ state: UnsafeMutablePointer<DecodingState>
    ) -> Int? {
        guard let text = self.text else { return start }
        let count = Int(truncatingIfNeeded: self.argument)
        guard count <= state.pointee.end &- start,
            memcmp(state.pointee.base + start, text, count) == 0
        else { return nil }
        return start &+ count
    }
}
