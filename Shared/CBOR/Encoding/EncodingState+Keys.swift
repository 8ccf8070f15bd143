#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The order of map keys (RFC 8949 §4.2.1).
///
/// Keys that come in ascending order cost one comparison of numbers each; only a map in which
/// they do not is sorted, when it is closed.
extension EncodingState {
    /// Begins an entry of a map: writes the key.
    @inline(__always)
    mutating func beginEntry(
        _ slot: UnsafeMutablePointer<EncodingSlot>, _ key: some CodingKey
    ) throws {
        let frame = slot.pointee.frame
        try self.begin(frame, slot.pointee.serial)
        let start = self.writer.used
        if !slot.pointee.textKeysOnly, let number = key.intValue {
            self.writer.int(number)
        } else {
            self.writer.string(key.stringValue)
        }
        self.endKey(frame, start)
    }

    @inline(__always)
    private mutating func endKey(_ frame: Int, _ start: Int) {
        let place = self.frames + frame
        let length = self.writer.used &- start
        // Reads past the key, never past the buffer; what is not the key is masked away.
        self.writer.reserve(8)
        var prefix = UInt64(
            bigEndian: (self.writer.base + start).loadUnaligned(as: UInt64.self))
        if length < 8 { prefix &= ~0 &<< UInt64(truncatingIfNeeded: 64 &- 8 &* length) }
        if prefix <= place.pointee.newestPrefix, place.pointee.isAscending {
            self.checkAscending(place, start, length, prefix)
        }
        place.pointee.newestPrefix = prefix
        place.pointee.valueStart = self.writer.used
        if self.keyCount == self.keys.count { self.growKeys() }
        self.keys[self.keyCount] = WrittenKey(prefix: prefix, start: start)
        self.keyCount &+= 1
    }

    @inline(never)
    private mutating func checkAscending(
        _ frame: UnsafeMutablePointer<EncodingFrame>, _ start: Int, _ length: Int, _ prefix: UInt64
    ) {
        guard frame.pointee.count > 1 else { return }
        if prefix == frame.pointee.newestPrefix {
            // No key is the beginning of another, so equal prefixes mean both are as long or more.
            let previous = self.writer.base + self.keys[self.keyCount - 1].start
            let key = self.writer.base + start
            if memcmp(previous, key, length) < 0 { return }
        }
        frame.pointee.isAscending = false
    }

    private mutating func growKeys() {
        let larger = UnsafeMutableBufferPointer<WrittenKey>.allocate(capacity: self.keys.count * 2)
        _ = larger.update(fromContentsOf: self.keys[..<self.keyCount])
        self.keys.deallocate()
        self.keys = larger
    }

    /// Gives large room for keys back.
    mutating func trimKeys() {
        if self.keys.count > ScratchLimits.writtenKeysKeptMax {
            self.keys.deallocate()
            self.keys = .allocate(capacity: ScratchLimits.writtenKeysInitial)
        }
        if self.sorting.count > ScratchLimits.writtenKeysKeptMax {
            self.sorting.deallocate()
            self.sorting = UnsafeMutableBufferPointer(start: nil, count: 0)
        }
    }

    /// Puts the entries of the innermost map, which reaches to the end of the output, in order.
    @inline(never)
    mutating func sortEntries(_ frame: EncodingFrame) {
        let contentStart = frame.head + 1
        let bytes = self.writer.used - contentStart
        self.writer.reserve(bytes)
        let base = self.writer.base
        let entries = self.sortingSpace(frame.count)
        var end = self.writer.used
        for index in (0..<frame.count).reversed() {
            let key = self.keys[frame.firstKey + index]
            entries[index] = SortedEntry(key: key, end: end)
            end = key.start
        }
        Self.sort(entries, base)
        self.checkDistinct(entries)
        var target = base + self.writer.used
        for entry in entries {
            let count = entry.end - entry.key.start
            target.copyMemory(from: base + entry.key.start, byteCount: count)
            target += count
        }
        (base + contentStart).copyMemory(from: base + self.writer.used, byteCount: bytes)
    }

    /// Room for `count` entries, all of them initialized.
    private mutating func sortingSpace(
        _ count: Int
    ) -> UnsafeMutableBufferPointer<SortedEntry> {
        if count > self.sorting.count {
            self.sorting.deallocate()
            self.sorting = .allocate(capacity: max(count, ScratchLimits.writtenKeysInitial))
            let nothing = SortedEntry(key: WrittenKey(prefix: 0, start: 0), end: 0)
            self.sorting.initialize(repeating: nothing)
        }
        return UnsafeMutableBufferPointer(rebasing: self.sorting[..<count])
    }

    private static func sort(
        _ entries: UnsafeMutableBufferPointer<SortedEntry>, _ base: UnsafeMutableRawPointer
    ) {
        func isBefore(_ left: SortedEntry, _ right: SortedEntry) -> Bool {
            if left.key.prefix != right.key.prefix { return left.key.prefix < right.key.prefix }
            // Longer keys: they differ before either ends, or are the same.
            let count = min(left.end - left.key.start, right.end - right.key.start)
            return memcmp(base + left.key.start, base + right.key.start, count) < 0
        }
        guard entries.count <= 32 else {
            var entries = entries
            return entries.sort(by: isBefore)
        }
        for index in 1..<max(entries.count, 1) {
            let entry = entries[index]
            var place = index
            while place > 0, isBefore(entry, entries[place - 1]) {
                entries[place] = entries[place - 1]
                place -= 1
            }
            entries[place] = entry
        }
    }

    /// Equal keys are neighbours now.
    private mutating func checkDistinct(_ entries: UnsafeMutableBufferPointer<SortedEntry>) {
        for index in entries.indices.dropFirst() {
            let (left, right) = (entries[index - 1], entries[index])
            guard left.key.prefix == right.key.prefix else { continue }
            let length = min(self.keyLength(left.key.start), right.end - right.key.start)
            let base = self.writer.base
            if memcmp(base + left.key.start, base + right.key.start, length) == 0 {
                self.failDuplicate(right.key.start)
            }
        }
    }

    /// How long the key at an offset is: an integer or a text string.
    private func keyLength(_ start: Int) -> Int {
        var reader = CBORReader(
            base: UnsafePointer(self.writer.base.assumingMemoryBound(to: UInt8.self)),
            end: self.writer.used, at: start, limits: .default)
        try? reader.skipChecked()
        return reader.position - start
    }
}
