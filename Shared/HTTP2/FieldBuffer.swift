/// Received header fields, kept with a stream record and reused from one request to the next.
///
/// Written by libnghttp2's callbacks, so it is raw memory with one owner: whoever holds the stream
/// record must call ``free()`` before letting go of it.
struct FieldBuffer {
    private var start: UnsafeMutableRawPointer?
    private var capacity = 0
    private(set) var used = 0
    private(set) var count = 0

    /// The fields, valid until the next change.
    @inline(__always)
    var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: self.start, count: self.used)
    }

    /// Appends a field, and returns where its value begins.
    @inline(__always)
    mutating func append(
        _ name: UnsafePointer<UInt8>, _ nameLength: Int, _ value: UnsafePointer<UInt8>,
        _ valueLength: Int
    ) -> Int {
        let needed = FieldStorage.headBytes + nameLength + valueLength
        if self.capacity - self.used < needed { self.grow(by: needed) }
        guard let start = self.start else { return 0 }
        let field = start + self.used
        field.storeBytes(of: UInt32(truncatingIfNeeded: nameLength), as: UInt32.self)
        (field + 4).storeBytes(of: UInt32(truncatingIfNeeded: valueLength), as: UInt32.self)
        let nameStart = field + FieldStorage.headBytes
        nameStart.copyMemory(from: name, byteCount: nameLength)
        (nameStart + nameLength).copyMemory(from: value, byteCount: valueLength)
        self.used += needed
        self.count += 1
        return self.used - valueLength
    }

    private mutating func grow(by needed: Int) {
        let capacity = max(self.used + needed, self.capacity * 2, 512)
        let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 8)
        if let start = self.start {
            larger.copyMemory(from: start, byteCount: self.used)
            start.deallocate()
        }
        self.start = larger
        self.capacity = capacity
    }

    /// Empties the buffer; storage beyond `keeping` bytes is given back.
    @inline(__always)
    mutating func clear(keeping: Int) {
        self.used = 0
        self.count = 0
        if self.capacity > keeping { self.free() }
    }

    /// Gives all storage back.
    mutating func free() {
        self.start?.deallocate()
        self = FieldBuffer()
    }
}

/// Where a value lies in a ``FieldBuffer``.
struct FieldRange {
    var offset: UInt32 = 0
    var length: UInt32 = 0

    @inline(__always)
    func bytes(in buffer: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let start = Int(self.offset)
        return UnsafeRawBufferPointer(rebasing: buffer[start..<start + Int(self.length)])
    }
}
