/// What a keyed container points at.
///
/// Slots belong to the state of a coder and are freed with it, so a container that is kept too
/// long still points at a slot, which then refuses it.
protocol ContainerSlot {
    /// The container; nil where containers are made anew each time.
    var box: AnyObject? { get set }
    /// The next slot in whatever list the slot is in.
    var next: UnsafeMutablePointer<Self>? { get set }
    /// Where the slot goes when nobody uses it.
    var idle: UnsafeMutablePointer<SlotTable<Self>.Idle> { get }

    /// Refuses whoever still holds the container.
    mutating func close()
    /// Frees what the slot holds outside itself.
    mutating func freeContents()
}

/// The slots of a state, by the type of coding key.
///
/// Making a `KeyedEncodingContainer` or `KeyedDecodingContainer` through an existential costs an
/// allocation and several look-ups of metadata, more than coding the fields of a small struct.
/// So a container is kept with the slot it points at, and used again by re-pointing the slot.
struct SlotTable<Slot: ContainerSlot> {
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
    /// Slots whose containers somebody may still hold.
    private var lent: UnsafeMutablePointer<Slot>?
    private var lentCount = 0
    private var lentCountMax = ScratchLimits.lentSlotsInitial

    init() {
        self.places = .allocate(capacity: 64)
        self.places.initialize(repeating: Place())
    }

    /// The list for a type of key.
    ///
    /// Never shrinks: there are no more lists than types, which the run time keeps as well.
    @inline(__always)
    mutating func idle<Key: CodingKey>(_ type: Key.Type) -> UnsafeMutablePointer<Idle> {
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
    ) -> UnsafeMutablePointer<Idle> {
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

    /// Takes back a slot that its user has finished with.
    @inline(__always)
    mutating func takeBack(_ slot: UnsafeMutablePointer<Slot>) {
        if isKnownUniquelyReferenced(&slot.pointee.box) {
            slot.pointee.next = slot.pointee.idle.pointee.first
            slot.pointee.idle.pointee.first = slot
        } else {
            // Somebody kept the container: it is of no use until they let go of it.
            slot.pointee.close()
            self.lend(slot)
        }
    }

    /// Leaves a slot to whoever holds its container.
    mutating func lend(_ slot: UnsafeMutablePointer<Slot>) {
        slot.pointee.next = self.lent
        self.lent = slot
        self.lentCount += 1
        if self.lentCount > self.lentCountMax { self.reclaim(callHasEnded: false) }
    }

    /// Makes the slots idle whose containers nobody holds any more.
    ///
    /// Without a container there is no telling before the call has ended.
    private mutating func reclaim(callHasEnded: Bool) {
        var next = self.lent
        self.lent = nil
        self.lentCount = 0
        self.lentCountMax = .max
        while let slot = next {
            next = slot.pointee.next
            if callHasEnded, slot.pointee.box == nil {
                slot.pointee.next = slot.pointee.idle.pointee.first
                slot.pointee.idle.pointee.first = slot
            } else if isKnownUniquelyReferenced(&slot.pointee.box) {
                self.takeBack(slot)
            } else {
                self.lend(slot)
            }
        }
        self.lentCountMax = max(ScratchLimits.lentSlotsInitial, self.lentCount * 2)
    }

    /// To be called when a call has ended.
    @inline(__always)
    mutating func endCall() {
        if self.lent != nil { self.reclaim(callHasEnded: true) }
    }

    /// Frees all slots, those that are idle and those that are lent.
    func free() {
        Self.free(self.lent)
        for place in self.places {
            guard let idle = place.idle else { continue }
            Self.free(idle.pointee.first)
            idle.deinitialize(count: 1)
            idle.deallocate()
        }
        self.places.deallocate()
    }

    private static func free(_ first: UnsafeMutablePointer<Slot>?) {
        var next = first
        while let slot = next {
            next = slot.pointee.next
            slot.pointee.freeContents()
            slot.deinitialize(count: 1)
            slot.deallocate()
        }
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
