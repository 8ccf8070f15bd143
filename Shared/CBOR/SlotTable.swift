/// Idle slots by the type of coding key.
///
/// Making a `KeyedEncodingContainer` or `KeyedDecodingContainer` through an existential costs an
/// allocation and several look-ups of metadata, more than coding the fields of a small struct.
/// So a container is kept with the slot it points at, and used again by re-pointing the slot.
struct SlotTable<Slot> {
    /// The idle slots whose containers have one type of key.
    struct Idle {
        let keyType: any CodingKey.Type
        var first: UnsafeMutablePointer<Slot>?
    }

    private struct Place {
        var type: ObjectIdentifier?
        var idle: UnsafeMutablePointer<Idle>?
    }

    private var places: UnsafeMutableBufferPointer<Place>
    private var count = 0

    init() {
        self.places = .allocate(capacity: 64)
        self.places.initialize(repeating: Place())
    }

    /// The list for a type of key, or nil when there are too many of them already.
    @inline(__always)
    mutating func idle<Key: CodingKey>(_ type: Key.Type) -> UnsafeMutablePointer<Idle>? {
        let place = self.place(of: ObjectIdentifier(type))
        return self.places[place].idle ?? self.insert(type)
    }

    @inline(__always)
    private func place(of id: ObjectIdentifier) -> Int {
        let mask = self.places.count &- 1
        let bits = UInt(bitPattern: id)
        var place = Int(truncatingIfNeeded: bits >> 4 ^ bits >> 12) & mask
        while let type = self.places[place].type, type != id { place = (place &+ 1) & mask }
        return place
    }

    @inline(never)
    private mutating func insert<Key: CodingKey>(
        _ type: Key.Type
    ) -> UnsafeMutablePointer<Idle>? {
        guard self.count < ScratchLimits.cachedKeyTypesMax else { return nil }
        self.count += 1
        if self.count * 2 > self.places.count { self.grow() }
        let idle = UnsafeMutablePointer<Idle>.allocate(capacity: 1)
        idle.initialize(to: Idle(keyType: type, first: nil))
        let id = ObjectIdentifier(type)
        self.places[self.place(of: id)] = Place(type: id, idle: idle)
        return idle
    }

    private mutating func grow() {
        let smaller = self.places
        self.places = .allocate(capacity: smaller.count * 2)
        self.places.initialize(repeating: Place())
        for place in smaller {
            if let type = place.type { self.places[self.place(of: type)] = place }
        }
        smaller.deallocate()
    }

    /// Frees the lists after handing every idle slot to `body`.
    func free(_ body: (UnsafeMutablePointer<Slot>) -> UnsafeMutablePointer<Slot>?) {
        for place in self.places {
            guard let idle = place.idle else { continue }
            var next = idle.pointee.first
            while let slot = next { next = body(slot) }
            idle.deinitialize(count: 1)
            idle.deallocate()
        }
        self.places.deallocate()
    }
}

/// What a container points at.
protocol ContainerSlot {
    /// Frees what the slot holds outside itself; nothing points at it any more.
    mutating func freeContents()
}

/// Keeps the memory of a slot for as long as a container points at it.
final class SlotMemory<Slot: ContainerSlot> {
    let slot: UnsafeMutablePointer<Slot>

    init(_ slot: Slot) {
        self.slot = .allocate(capacity: 1)
        self.slot.initialize(to: slot)
    }

    deinit {
        self.slot.pointee.freeContents()
        self.slot.deinitialize(count: 1)
        self.slot.deallocate()
    }
}

/// Whether containers can be kept as plain references.
enum ContainerLayout {
    /// True when the standard library's containers are one reference each, as they are in every
    /// release so far; otherwise containers are made anew each time.
    static let isOneReference =
        MemoryLayout<KeyedEncodingContainer<CBORKey>>.size == MemoryLayout<AnyObject>.size
        && MemoryLayout<KeyedDecodingContainer<CBORKey>>.size == MemoryLayout<AnyObject>.size
}
