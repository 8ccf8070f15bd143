/// The steps of encoding that call out to the types being encoded.
enum Encoding {
    /// Encodes `value` as one item of its own and lends the bytes.
    static func withItem<Value: Encodable, Result>(
        _ value: Value, means: CodingMeans = .all,
        _ body: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result {
        let state = means == .all ? self.take() : .make(means)
        defer { means == .all ? self.putBack(state) : state.free() }
        try self.item(value, state)
        if let failure = state.pointee.failure { throw failure }
        return try state.pointee.writer.withUnsafeBytes(body)
    }

    @inline(__always)
    private static func take() -> UnsafeMutablePointer<EncodingState> {
        let shelf = ThreadScratch.current
        guard let state = shelf.pointee.encoding else {
            return .make(ContainerLayout.isOneReference ? .all : .freshContainers)
        }
        shelf.pointee.encoding = state.pointee.next
        // Something may have been written here since, through a container that was kept too long.
        self.clear(state)
        return state
    }

    @inline(__always)
    private static func clear(_ state: UnsafeMutablePointer<EncodingState>) {
        if state.pointee.depth > 0 || state.pointee.failure != nil { state.pointee.abandon() }
        state.pointee.writer.removeAll()
    }

    @inline(__always)
    private static func putBack(_ state: UnsafeMutablePointer<EncodingState>) {
        self.clear(state)
        if state.pointee.writer.capacity > ScratchLimits.bufferBytesKeptMax {
            state.pointee.writer.shrink(to: ScratchLimits.bufferBytesInitial)
        }
        state.pointee.trimKeys()
        state.pointee.slots.endCall()
        let shelf = ThreadScratch.current
        state.pointee.next = shelf.pointee.encoding
        shelf.pointee.encoding = state
    }

    /// Appends exactly one item.
    static func item<Value: Encodable>(
        _ value: Value, _ state: UnsafeMutablePointer<EncodingState>
    ) throws {
        let entry = state.pointee.types.entry(of: Value.self)
        switch entry.pointee.kind {
        case .text: state.pointee.writer.string(unsafeBitCast(value, to: String.self))
        case .bytes: state.pointee.writer.bytes(unsafeBitCast(value, to: [UInt8].self))
        case .int: state.pointee.writer.int(unsafeBitCast(value, to: Int.self))
        case .double: state.pointee.writer.double(unsafeBitCast(value, to: Double.self))
        case .bool: state.pointee.writer.bool(unsafeBitCast(value, to: Bool.self))
        case .direct:
            guard let direct = entry.pointee.direct else { return }
            try self.direct(value, as: direct, state)
        case .array:
            guard let array = entry.pointee.encodable else { fallthrough }
            try self.array(value, as: array, state)
        case .codable: try self.codable(value, state, textKeysOnly: false)
        case .textKeyed: try self.codable(value, state, textKeysOnly: true)
        }
    }

    @inline(__always)
    private static func codable<Value: Encodable>(
        _ value: Value, _ state: UnsafeMutablePointer<EncodingState>, textKeysOnly: Bool
    ) throws {
        let depth = state.pointee.depth
        let start = state.pointee.writer.used
        do {
            try value.encode(to: ItemEncoder(state, textKeysOnly: textKeysOnly))
        } catch {
            throw state.pointee.keep(error)
        }
        state.pointee.pop(to: depth)
        // A type that encodes nothing, such as a struct without properties, is an empty map.
        if state.pointee.writer.used == start { state.pointee.writer.mapHead(0) }
    }

    private static func array<Value, Elements: EncodableElements>(
        _ value: Value, as type: Elements.Type, _ state: UnsafeMutablePointer<EncodingState>
    ) throws {
        // Value and Elements are the same type; only the conformance was not known.
        try withUnsafePointer(to: value) { pointer in
            try UnsafeRawPointer(pointer).assumingMemoryBound(to: Elements.self).pointee
                .encodeElements(state)
        }
    }

    private static func direct<Value, Direct: CBORCodable>(
        _ value: Value, as type: Direct.Type, _ state: UnsafeMutablePointer<EncodingState>
    ) throws {
        state.pointee.writer.level = state.pointee.depth
        do {
            // Value and Direct are the same type; only the conformance was not known.
            try withUnsafePointer(to: value) { pointer in
                try UnsafeRawPointer(pointer).assumingMemoryBound(to: Direct.self).pointee
                    .encode(into: &state.pointee.writer)
            }
        } catch {
            throw state.pointee.keep(error)
        }
    }

    /// A container for the map in a frame; no frame means that there was a failure.
    @inline(__always)
    static func keyed<Key: CodingKey>(
        _ state: UnsafeMutablePointer<EncodingState>, _ frame: Int?, _ type: Key.Type,
        textKeysOnly: Bool
    ) -> KeyedEncodingContainer<Key> {
        let idle = state.pointee.slots.idle(type)
        let slot = idle.pointee.first ?? self.newSlot(state, idle, type)
        idle.pointee.first = slot.pointee.next
        slot.pointee.textKeysOnly = textKeysOnly
        if let frame {
            let place = state.pointee.frames + frame
            slot.pointee.frame = frame
            slot.pointee.serial = place.pointee.serial
            slot.pointee.next = place.pointee.slots
            place.pointee.slots = slot
        } else {
            slot.pointee.close()
            state.pointee.slots.lend(slot)
        }
        guard let box = slot.pointee.box else {
            return KeyedEncodingContainer(KeyedEncoding<Key>(slot: slot))
        }
        return unsafeBitCast(box, to: KeyedEncodingContainer<Key>.self)
    }

    @inline(never)
    private static func newSlot<Key: CodingKey>(
        _ state: UnsafeMutablePointer<EncodingState>,
        _ idle: UnsafeMutablePointer<SlotTable<EncodingSlot>.Idle>, _ type: Key.Type
    ) -> UnsafeMutablePointer<EncodingSlot> {
        let slot = UnsafeMutablePointer<EncodingSlot>.allocate(capacity: 1)
        slot.initialize(to: EncodingSlot(state: state, box: nil, next: nil, idle: idle))
        if state.pointee.keepsContainers {
            let container = KeyedEncodingContainer(KeyedEncoding<Key>(slot: slot))
            slot.pointee.box = unsafeBitCast(container, to: AnyObject.self)
        }
        return slot
    }
}
