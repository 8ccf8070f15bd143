/// Finds a path's index without making a string: open addressing over FNV-1a, eight bytes a step.
struct PathTable: Sendable {
    private struct Slot {
        let hash: UInt64
        let byteCount: Int
        let words: [UInt64]
        let index: Int
    }

    private let slots: [Slot?]
    private let mask: Int

    /// Makes a table; equal paths keep the first index.
    init(_ paths: [String]) {
        var capacity = 16
        while capacity < paths.count * 4 { capacity *= 2 }
        var slots = [Slot?](repeating: nil, count: capacity)
        let mask = capacity - 1
        for (index, path) in paths.enumerated() {
            let bytes = Array(path.utf8)
            let slot = bytes.withUnsafeBytes { bytes in
                Slot(
                    hash: Self.hash(bytes), byteCount: bytes.count,
                    words: stride(from: 0, to: bytes.count, by: 8).map { Self.word(bytes, at: $0) },
                    index: index)
            }
            var place = Int(truncatingIfNeeded: slot.hash) & mask
            while let other = slots[place] {
                if other.byteCount == slot.byteCount, other.words == slot.words { break }
                place = (place + 1) & mask
            }
            if slots[place] == nil { slots[place] = slot }
        }
        self.slots = slots
        self.mask = mask
    }

    /// The index of a path, or `nil`.
    func index(of path: UnsafeBufferPointer<UInt8>) -> Int? {
        let path = UnsafeRawBufferPointer(path)
        let hash = Self.hash(path)
        var place = Int(truncatingIfNeeded: hash) & self.mask
        while let slot = self.slots[place] {
            if slot.hash == hash, slot.byteCount == path.count, Self.isEqual(path, slot.words) {
                return slot.index
            }
            place = (place + 1) & self.mask
        }
        return nil
    }

    private static func isEqual(_ bytes: UnsafeRawBufferPointer, _ words: [UInt64]) -> Bool {
        var offset = 0
        for word in words {
            guard self.word(bytes, at: offset) == word else { return false }
            offset += 8
        }
        return true
    }

    private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ UInt64(bytes.count)
        var offset = 0
        while offset < bytes.count {
            hash = (hash ^ self.word(bytes, at: offset)) &* 0x100_0000_01b3
            // What the multiplication carries upwards must reach the bits that choose the place.
            hash ^= hash >> 32
            offset += 8
        }
        return hash
    }

    /// The eight bytes at an offset, or those that are left.
    @inline(__always)
    private static func word(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> UInt64 {
        if offset + 8 <= bytes.count {
            return bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        }
        var word: UInt64 = 0
        for byte in bytes[offset...] { word = word << 8 | UInt64(byte) }
        return word
    }
}
