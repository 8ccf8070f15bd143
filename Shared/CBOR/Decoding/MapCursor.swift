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

    @inline(__always)
    func reader(at offset: Int) -> CBORReader { self.state.pointee.reader(at: offset) }

    /// Where the value of an integer key starts, or nil.
    mutating func find(_ number: Int) throws -> Int? {
        let (major, argument): (UInt8, UInt64) =
            number >= 0 ? (0, UInt64(number)) : (1, UInt64(bitPattern: Int64(~number)))
        return try self.find { reader in
            let (initial, found) = try reader.head()
            return initial >> 5 == major && found == argument
        }
    }

    /// Where the value of a text key starts, or nil.
    mutating func find(_ text: String) throws -> Int? {
        var text = text
        return try text.withUTF8 { utf8 in
            try self.find { reader in
                let (initial, length) = try reader.head()
                guard initial >> 5 == 3, length == UInt64(utf8.count) else { return false }
                let content = try reader.take(length)
                guard let wanted = utf8.baseAddress else { return true }
                return memcmp(content, wanted, utf8.count) == 0
            }
        }
    }

    @inline(__always)
    private mutating func find(_ isKey: (inout CBORReader) throws -> Bool) throws -> Int? {
        guard self.session == self.state.pointee.session else {
            throw DecodingState.callEnded
        }
        if self.isPending { try self.passPending() }
        if self.hint < self.passed {
            var reader = self.reader(at: Int(self.entries[self.hint].key))
            if try isKey(&reader) {
                self.hint &+= 1
                return reader.position
            }
        } else if self.passed < self.count {
            var reader = self.reader(at: self.position)
            if try isKey(&reader) { return self.stop(at: reader.position) }
        }
        return try self.search(isKey)
    }

    private mutating func search(_ isKey: (inout CBORReader) throws -> Bool) throws -> Int? {
        for index in 0..<self.passed {
            var reader = self.reader(at: Int(self.entries[index].key))
            if try isKey(&reader) {
                self.hint = index &+ 1
                return reader.position
            }
        }
        while self.passed < self.count {
            var reader = self.reader(at: self.position)
            if try isKey(&reader) { return self.stop(at: reader.position) }
            try self.passEntry()
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

    private mutating func passPending() throws {
        var reader = self.reader(at: self.position)
        try reader.skipChecked()
        self.position = reader.position
        self.isPending = false
    }

    private mutating func passEntry() throws {
        var reader = self.reader(at: self.position)
        try reader.skipChecked()
        self.append(Entry(key: UInt32(self.position), value: UInt32(reader.position)))
        try reader.skipChecked()
        self.position = reader.position
    }

    /// Passes all that is left and returns where the map ends.
    mutating func finish() throws -> Int {
        if self.isPending { try self.passPending() }
        while self.passed < self.count { try self.passEntry() }
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
        guard self.session == self.state.pointee.session, (try? self.finish()) != nil else {
            return
        }
        for entry in self.entries[..<self.passed] {
            var reader = self.reader(at: Int(entry.key))
            body(&reader)
        }
    }
}
