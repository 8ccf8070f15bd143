/// Finds a path's index without making a string: open addressing over FNV-1a (64 bit).
struct PathTable: Sendable {
    private struct Slot {
        let hash: UInt64
        let path: [UInt8]
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
            let hash = bytes.withUnsafeBufferPointer { Self.hash($0) }
            var place = Int(truncatingIfNeeded: hash) & mask
            while let slot = slots[place], slot.path != bytes { place = (place + 1) & mask }
            if slots[place] == nil { slots[place] = Slot(hash: hash, path: bytes, index: index) }
        }
        self.slots = slots
        self.mask = mask
    }

    /// The index of a path, or `nil`.
    func index(of path: UnsafeBufferPointer<UInt8>) -> Int? {
        let hash = Self.hash(path)
        var place = Int(truncatingIfNeeded: hash) & self.mask
        while let slot = self.slots[place] {
            if slot.hash == hash, slot.path.count == path.count, slot.path.elementsEqual(path) {
                return slot.index
            }
            place = (place + 1) & self.mask
        }
        return nil
    }

    private static func hash(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash
    }
}
