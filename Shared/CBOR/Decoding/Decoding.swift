/// The steps of decoding that call out to the types being decoded.
enum Decoding {
    /// Decodes a whole input, which must be one item.
    static func root<Value: Decodable>(
        _ type: Value.Type, from bytes: UnsafeRawBufferPointer, limits: CBORLimits,
        keepsContainers: Bool
    ) throws -> Value {
        var reader = CBORReader(bytes, limits: limits)
        try reader.checkInput()
        return try self.withState(reader, keepsContainers: keepsContainers) { state in
            do {
                if let value = try self.direct(type, &reader, state) { return value }
                try reader.skip()
                try reader.finish()
                if reader.sawIndefiniteLength {
                    return try self.normalized(type, bytes, limits, keepsContainers)
                }
                return try self.item(type, state, at: 0).value
            } catch {
                throw self.located(error, state)
            }
        }
    }

    /// Decodes one item of a longer input and moves the reader past it.
    static func item<Value: Decodable>(
        _ type: Value.Type, from reader: inout CBORReader
    ) throws -> Value {
        try reader.checkInput()
        let start = reader.position
        var checked = reader
        try checked.skip()
        if checked.sawIndefiniteLength {
            let part = UnsafeRawBufferPointer(
                start: reader.base + start, count: checked.position - start)
            reader.position = checked.position
            return try self.normalized(type, part, reader.limits, true)
        }
        let value = try self.withState(reader, keepsContainers: true) { state in
            try self.item(type, state, at: start).value
        }
        reader.position = checked.position
        return value
    }

    /// Decodes an input that has items of indefinite length, from a copy that has none.
    private static func normalized<Value: Decodable>(
        _ type: Value.Type, _ bytes: UnsafeRawBufferPointer, _ limits: CBORLimits,
        _ keepsContainers: Bool
    ) throws -> Value {
        var reader = CBORReader(bytes, limits: limits)
        let value = try CBORValue(from: &reader)
        return try Encoding.withItem(value) { definite in
            try self.root(
                type, from: definite, limits: limits, keepsContainers: keepsContainers)
        }
    }

    /// Decodes a whole input by the type's own reading, which checks as it goes; nil when the
    /// type has none.
    private static func direct<Value: Decodable>(
        _ type: Value.Type, _ reader: inout CBORReader,
        _ state: UnsafeMutablePointer<DecodingState>
    ) throws -> Value? {
        let entry = state.pointee.types.entry(of: type)
        guard entry.pointee.kind == .direct, let direct = entry.pointee.direct,
            !reader.limits.allowsIndefiniteLengths || type == CBORValue.self
        else { return nil }
        let value = try self.read(direct, as: type, &reader)
        try reader.finish()
        return value
    }

    @inline(__always)
    private static func read<Value, Direct: CBORCodable>(
        _ direct: Direct.Type, as type: Value.Type, _ reader: inout CBORReader
    ) throws -> Value {
        // Value and Direct are the same type; only the conformance was not known.
        let value = try Direct(from: &reader)
        return withUnsafePointer(to: value) { pointer in
            UnsafeRawPointer(pointer).assumingMemoryBound(to: Value.self).pointee
        }
    }

    @inline(__always)
    private static func withState<Value>(
        _ reader: CBORReader, keepsContainers: Bool,
        _ body: (UnsafeMutablePointer<DecodingState>) throws -> Value
    ) rethrows -> Value {
        let state = keepsContainers ? self.take() : .make(keepsContainers: false)
        state.pointee.base = reader.base
        state.pointee.end = reader.end
        state.pointee.limits = reader.limits
        state.pointee.session &+= 1
        state.pointee.spanStart = -1
        if !state.pointee.keyTypes.isEmpty { state.pointee.keyTypes = [:] }
        if state.pointee.failureOffset != nil { state.pointee.failureOffset = nil }
        defer { keepsContainers ? self.putBack(state) : state.free() }
        return try body(state)
    }

    @inline(__always)
    private static func take() -> UnsafeMutablePointer<DecodingState> {
        let shelf = ThreadScratch.current
        guard let state = shelf.pointee.decoding else {
            return .make(keepsContainers: ContainerLayout.isOneReference)
        }
        shelf.pointee.decoding = state.pointee.next
        return state
    }

    @inline(__always)
    private static func putBack(_ state: UnsafeMutablePointer<DecodingState>) {
        // Containers that were kept too long find another session and no input.
        state.pointee.session &+= 1
        state.pointee.end = 0
        state.pointee.slots.endCall()
        let shelf = ThreadScratch.current
        state.pointee.next = shelf.pointee.decoding
        shelf.pointee.decoding = state
    }

    /// Makes a value of the item at an offset, which has been checked, and tells where it ends.
    static func item<Value: Decodable>(
        _ type: Value.Type, _ state: UnsafeMutablePointer<DecodingState>, at offset: Int
    ) throws -> (value: Value, end: Int) {
        let entry = state.pointee.types.entry(of: type)
        let kind = entry.pointee.kind
        if kind == .codable || kind == .textKeyed {
            return try self.codable(type, state, at: offset, textKeysOnly: kind == .textKeyed)
        }
        var reader = state.pointee.reader(at: offset)
        let value: Value
        switch kind {
        case .text: value = unsafeBitCast(try reader.string(), to: type)
        case .bytes: value = unsafeBitCast(try reader.bytes(), to: type)
        case .int: value = unsafeBitCast(try reader.int(), to: type)
        case .double: value = unsafeBitCast(try reader.double(), to: type)
        case .bool: value = unsafeBitCast(try reader.bool(), to: type)
        case .direct, .codable, .textKeyed:
            guard let direct = entry.pointee.direct else { throw DecodingState.callEnded }
            value = try self.read(direct, as: type, &reader)
        }
        return (value, reader.position)
    }

    @inline(__always)
    private static func codable<Value: Decodable>(
        _ type: Value.Type, _ state: UnsafeMutablePointer<DecodingState>, at offset: Int,
        textKeysOnly: Bool
    ) throws -> (value: Value, end: Int) {
        let mark = state.pointee.open
        state.pointee.spanStart = -1
        let value: Value
        do {
            value = try Value(
                from: ItemDecoder(state: state, offset: offset, textKeysOnly: textKeysOnly))
        } catch {
            state.pointee.abandon(offset, mark, error)
            throw error
        }
        return (value, try state.pointee.settle(offset, mark))
    }

    /// A container for the map at an item.
    ///
    /// That of a value comes back when the value has been made; a nested one is its holder's.
    @inline(__always)
    static func keyed<Key: CodingKey>(
        _ item: ItemDecoder, _ type: Key.Type, isNested: Bool
    ) throws -> KeyedDecodingContainer<Key> {
        let state = item.state
        var reader = state.pointee.reader(at: item.offset)
        let map = try reader.mapHead()
        let idle = state.pointee.slots.idle(type)
        let slot = idle.pointee.first ?? self.newSlot(state, idle, type)
        idle.pointee.first = slot.pointee.next
        slot.pointee.open(item, count: map.count, content: reader.position)
        // While this holds the container, lending cannot give the slot to anyone else.
        let box = slot.pointee.box
        if isNested {
            state.pointee.slots.lend(slot)
        } else {
            slot.pointee.next = state.pointee.open
            state.pointee.open = slot
        }
        guard let box else { return KeyedDecodingContainer(KeyedDecoding<Key>(map: slot)) }
        return unsafeBitCast(box, to: KeyedDecodingContainer<Key>.self)
    }

    @inline(never)
    private static func newSlot<Key: CodingKey>(
        _ state: UnsafeMutablePointer<DecodingState>,
        _ idle: UnsafeMutablePointer<SlotTable<MapCursor>.Idle>, _ type: Key.Type
    ) -> UnsafeMutablePointer<MapCursor> {
        let slot = UnsafeMutablePointer<MapCursor>.allocate(capacity: 1)
        slot.initialize(to: MapCursor(state, idle))
        if state.pointee.keepsContainers {
            let container = KeyedDecodingContainer(KeyedDecoding<Key>(map: slot))
            slot.pointee.box = unsafeBitCast(container, to: AnyObject.self)
        }
        return slot
    }

    /// Names the place a failure happened at, and makes it ours if the standard library made it.
    @inline(never)
    private static func located(
        _ error: any Error, _ state: UnsafeMutablePointer<DecodingState>
    ) -> any Error {
        let offset = state.pointee.failureOffset ?? 0
        switch error {
        case var error as CBORError:
            if error.path.isEmpty {
                error.path = CodingPathText.text(state.pointee.codingPath(to: error.offset))
            }
            return error
        case let error as DecodingError:
            let (code, message) = self.meaning(error)
            let path = CodingPathText.text(state.pointee.codingPath(to: offset))
            return CBORError(code, offset: offset, path: path, message)
        default:
            return error
        }
    }

    private static func meaning(_ error: DecodingError) -> (CBORError.Code, String) {
        switch error {
        case .typeMismatch(_, let context): (.typeMismatch, context.debugDescription)
        case .valueNotFound(_, let context): (.valueNotFound, context.debugDescription)
        case .keyNotFound(let key, _):
            (.keyNotFound, "the map has no entry for \"\(key.stringValue)\"")
        case .dataCorrupted(let context): (.invalidValue, context.debugDescription)
        @unknown default: (.invalidValue, "\(error)")
        }
    }
}
