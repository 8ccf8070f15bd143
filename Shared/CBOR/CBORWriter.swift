/// Appends CBOR items to a buffer of its own.
///
/// Numbers and lengths take their shortest form, so what is written is deterministic
/// (RFC 8949 §4.2.1) as long as the caller writes the entries of each map in ascending order of
/// their encoded keys and as many of them as the head declares; the writer does not check either.
/// In particular, integer keys from 0 upwards come first, then negative ones, then text, shorter
/// text before longer. `beginMap` and `beginArray` bound how deep a value nests, `mapHead` and
/// `arrayHead` leave that to the caller.
public struct CBORWriter: ~Copyable {
    @usableFromInline var base: UnsafeMutableRawPointer
    @usableFromInline var used = 0
    @usableFromInline var capacity: Int
    /// Arrays and maps begun and not ended.
    @usableFromInline var level = 0

    /// Makes an empty writer.
    public init(capacityBytes: Int = 256) {
        self.capacity = max(capacityBytes, 16)
        self.base = .allocate(byteCount: self.capacity, alignment: 16)
    }

    deinit { self.base.deallocate() }

    /// How many bytes have been written.
    @inlinable public var count: Int { self.used }

    /// A copy of what has been written.
    public func bytes() -> [UInt8] {
        let used = self.used
        return [UInt8](unsafeUninitializedCapacity: used) { buffer, count in
            if let target = buffer.baseAddress {
                UnsafeMutableRawPointer(target).copyMemory(from: self.base, byteCount: used)
            }
            count = used
        }
    }

    /// Lends what has been written, without a copy.
    public borrowing func withUnsafeBytes<Result>(
        _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        try body(UnsafeRawBufferPointer(start: self.base, count: self.used))
    }

    /// Forgets what has been written and keeps the buffer.
    public mutating func removeAll() {
        self.used = 0
        self.level = 0
    }

    /// Makes room for `bytes` more.
    @inlinable @inline(__always)
    mutating func reserve(_ bytes: Int) {
        if self.used &+ bytes > self.capacity { self.grow(bytes) }
    }

    @usableFromInline @inline(never)
    mutating func grow(_ bytes: Int) {
        self.reallocate(max(self.capacity * 2, self.used + bytes))
    }

    /// Gives a large buffer back.
    mutating func shrink(to bytes: Int) {
        self.used = 0
        self.reallocate(bytes)
    }

    private mutating func reallocate(_ capacity: Int) {
        let larger = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
        larger.copyMemory(from: self.base, byteCount: self.used)
        self.base.deallocate()
        self.base = larger
        self.capacity = capacity
    }

    /// Appends bytes as they are: an item that is already encoded.
    public mutating func raw(_ bytes: UnsafeRawBufferPointer) {
        self.reserve(bytes.count)
        if let source = bytes.baseAddress {
            (self.base + self.used).copyMemory(from: source, byteCount: bytes.count)
        }
        self.used += bytes.count
    }

    @inlinable @inline(__always)
    mutating func byte(_ byte: UInt8) {
        self.reserve(1)
        self.base.storeBytes(of: byte, toByteOffset: self.used, as: UInt8.self)
        self.used &+= 1
    }

    /// Appends the head of an item: major type and argument, in the shortest form.
    @inlinable @inline(__always)
    public mutating func head(_ major: CBORMajor, _ argument: UInt64) {
        let top = major.rawValue &<< 5
        if argument < 24 {
            self.byte(top | UInt8(truncatingIfNeeded: argument))
        } else {
            self.longHead(top, argument)
        }
    }

    @usableFromInline @inline(never)
    mutating func longHead(_ top: UInt8, _ argument: UInt64) {
        self.reserve(9)
        let place = self.base + self.used
        if argument <= 0xff {
            place.storeBytes(of: top | 24, as: UInt8.self)
            (place + 1).storeBytes(of: UInt8(truncatingIfNeeded: argument), as: UInt8.self)
            self.used &+= 2
        } else if argument <= 0xffff {
            let short = UInt16(truncatingIfNeeded: argument).bigEndian
            place.storeBytes(of: top | 25, as: UInt8.self)
            (place + 1).storeBytes(of: short, as: UInt16.self)
            self.used &+= 3
        } else if argument <= 0xffff_ffff {
            let word = UInt32(truncatingIfNeeded: argument).bigEndian
            place.storeBytes(of: top | 26, as: UInt8.self)
            (place + 1).storeBytes(of: word, as: UInt32.self)
            self.used &+= 5
        } else {
            place.storeBytes(of: top | 27, as: UInt8.self)
            (place + 1).storeBytes(of: argument.bigEndian, as: UInt64.self)
            self.used &+= 9
        }
    }

    /// Turns the byte at `offset`, kept for the purpose, into the head of an array or map that
    /// reaches to the end of what is written.
    mutating func close(_ major: CBORMajor, count: Int, at offset: Int) {
        if count < 24 {
            let head = major.rawValue &<< 5 | UInt8(truncatingIfNeeded: count)
            self.base.storeBytes(of: head, toByteOffset: offset, as: UInt8.self)
            return
        }
        let extra = count <= 0xff ? 1 : count <= 0xffff ? 2 : count <= 0xffff_ffff ? 4 : 8
        self.reserve(extra)
        let content = self.base + (offset + 1)
        (content + extra).copyMemory(from: content, byteCount: self.used - offset - 1)
        let end = self.used + extra
        self.used = offset
        self.head(major, UInt64(count))
        self.used = end
    }
}
