/// An array or map that is being written.
struct EncodingFrame {
    /// Where the head goes: one byte is kept for it.
    var head: Int
    /// Where the value of the newest entry starts; nothing there yet means it is still to come.
    var valueStart: Int
    /// Entries or elements begun.
    var count = 0
    /// Tells this use of the frame from all others.
    var serial: Int
    var major: CBORMajor
    /// Whether the keys came in ascending order so far.
    var isAscending = true
    /// The prefix of the newest key.
    var newestPrefix: UInt64 = 0
    /// Where the keys of the map begin in the stack of keys.
    var firstKey: Int
    /// The cached containers that point here.
    var slots: UnsafeMutablePointer<EncodingSlot>?
}

/// A key that has been written.
struct WrittenKey {
    /// Its first eight bytes, as a number that sorts like them; zeros where it is shorter.
    var prefix: UInt64
    /// Where it starts; its entry reaches to the next key.
    var start: Int
}

/// An entry of a map that is being sorted.
struct SortedEntry {
    var key: WrittenKey
    var end: Int
}

/// What a keyed container points at.
struct EncodingSlot: ContainerSlot {
    let state: UnsafeMutablePointer<EncodingState>
    var frame = 0
    var serial = 0
    var textKeysOnly = false
    /// The container itself, while it is cached.
    var box: AnyObject?
    var next: UnsafeMutablePointer<EncodingSlot>?
    let idle: UnsafeMutablePointer<SlotTable<EncodingSlot>.Idle>

    mutating func close() { self.serial = 0 }
    func freeContents() {}
}

/// All that one call of an encoder works on.
///
/// It lives behind a pointer that every container holds, so nothing is reference counted on the
/// way. Functions here never call out to the types being encoded: those come back through the
/// same pointer.
struct EncodingState: ~Copyable {
    var writer = CBORWriter(capacityBytes: ScratchLimits.bufferBytesInitial)
    let frames: UnsafeMutablePointer<EncodingFrame>
    var depth = 0
    var serial = 0
    /// The keys of the open maps.
    var keys: UnsafeMutableBufferPointer<WrittenKey>
    var keyCount = 0
    /// Room to sort the entries of a map in.
    var sorting = UnsafeMutableBufferPointer<SortedEntry>(start: nil, count: 0)
    /// The first failure; it fails the call even when a type swallows it.
    var failure: (any Error)?
    var types: TypeTable
    var slots = SlotTable<EncodingSlot>()
    let keepsContainers: Bool
    var next: UnsafeMutablePointer<EncodingState>?

    static let depthMax = CBORLimits.depthMaxDefault

    init(_ means: CodingMeans) {
        self.keepsContainers = means.keepsContainers
        self.types = TypeTable(usesDirect: means.usesDirectCoding)
        self.frames = .allocate(capacity: Self.depthMax)
        self.keys = .allocate(capacity: ScratchLimits.writtenKeysInitial)
    }

    fileprivate mutating func freeContents() {
        self.abandon()
        self.slots.free()
        self.types.free()
        self.frames.deallocate()
        self.keys.deallocate()
        self.sorting.deallocate()
    }

    /// Opens an array or map at the end of the output; nil when there are too many levels.
    @inline(__always)
    mutating func push(_ major: CBORMajor) -> Int? {
        guard self.depth < Self.depthMax else {
            self.failTooDeep()
            return nil
        }
        self.serial &+= 1
        let head = self.writer.used
        self.writer.byte(major.rawValue &<< 5)
        (self.frames + self.depth).initialize(
            to: EncodingFrame(
                head: head, valueStart: -1, serial: self.serial, major: major,
                firstKey: self.keyCount))
        self.depth &+= 1
        return self.depth &- 1
    }

    /// Closes what is open above `depth`.
    @inline(__always)
    mutating func pop(to depth: Int) {
        while self.depth > depth { self.closeInnermost() }
    }

    mutating func closeInnermost() {
        let frame = self.frames + (self.depth &- 1)
        if frame.pointee.valueStart == self.writer.used { self.writer.mapHead(0) }
        if frame.pointee.major == .map {
            if !frame.pointee.isAscending { self.sortEntries(frame.pointee) }
            self.keyCount = frame.pointee.firstKey
        }
        self.release(frame.pointee.slots)
        self.writer.close(
            frame.pointee.major, count: frame.pointee.count, at: frame.pointee.head)
        self.depth &-= 1
    }

    /// Forgets what is open, after a failure.
    mutating func abandon() {
        while self.depth > 0 {
            self.depth &-= 1
            self.release(self.frames[self.depth].slots)
        }
        self.keyCount = 0
        self.failure = nil
    }

    @inline(__always)
    private mutating func release(_ first: UnsafeMutablePointer<EncodingSlot>?) {
        var next = first
        while let slot = next {
            next = slot.pointee.next
            self.slots.takeBack(slot)
        }
    }

    /// Whether the frame is still the one that was opened with this serial.
    @inline(__always)
    func isOpen(_ frame: Int, _ serial: Int) -> Bool {
        frame < self.depth && self.frames[frame].serial == serial
    }

    /// Begins an entry or element: closes what is open inside the frame.
    @inline(__always)
    mutating func begin(_ frame: Int, _ serial: Int) throws {
        guard self.isOpen(frame, serial) else { throw self.failClosed() }
        self.pop(to: frame &+ 1)
        let place = self.frames + frame
        // A nested encoder that was asked for and never used stands for an empty map.
        if place.pointee.valueStart == self.writer.used { self.writer.mapHead(0) }
        place.pointee.count &+= 1
    }

    /// Begins an element of an array.
    @inline(__always)
    mutating func beginElement(_ frame: Int, _ serial: Int) throws {
        try self.begin(frame, serial)
        self.frames[frame].valueStart = self.writer.used
    }
}

extension UnsafeMutablePointer<EncodingState> {
    static func make(_ means: CodingMeans) -> Self {
        let state = Self.allocate(capacity: 1)
        state.initialize(to: EncodingState(means))
        return state
    }

    func free() {
        self.pointee.freeContents()
        self.deinitialize(count: 1)
        self.deallocate()
    }
}
