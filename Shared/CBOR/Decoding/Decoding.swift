/// The steps of decoding that call out to the types being decoded.
enum Decoding {
    /// Decodes a whole input, which must be one item.
    static func root<Value: Decodable>(
        _ type: Value.Type, from bytes: UnsafeRawBufferPointer, limits: CBORLimits,
        means: CodingMeans
    ) throws -> Value {
        var reader = CBORReader(bytes, limits: limits)
        try reader.checkInput()
        return try self.withState(reader, means) { state in
            do {
                if let direct = self.directType(type, state, limits) {
                    let value = try self.read(direct, as: type, &reader)
                    try reader.finish()
                    return value
                }
                try reader.skip()
                try reader.finish()
                if reader.sawIndefiniteLength {
                    return try self.normalized(type, bytes, limits, means)
                }
                var end = 0
                return try self.item(type, state, at: 0, end: &end)
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
            return try self.normalized(type, part, reader.limits, .all)
        }
        let value = try self.withState(reader, .all) { state in
            var end = start
            return try self.item(type, state, at: start, end: &end)
        }
        reader.position = checked.position
        return value
    }

    /// Decodes an input that has items of indefinite length, from a copy that has none.
    private static func normalized<Value: Decodable>(
        _ type: Value.Type, _ bytes: UnsafeRawBufferPointer, _ limits: CBORLimits,
        _ means: CodingMeans
    ) throws -> Value {
        var reader = CBORReader(bytes, limits: limits)
        let value = try CBORValue(from: &reader)
        return try Encoding.withItem(value) { definite in
            try self.root(type, from: definite, limits: limits, means: means)
        }
    }

    /// How a type reads a whole input itself, checking as it goes; nil when it does not.
    @inline(__always)
    private static func directType<Value>(
        _ type: Value.Type, _ state: UnsafeMutablePointer<DecodingState>, _ limits: CBORLimits
    ) -> (any CBORCodable.Type)? {
        let entry = state.pointee.types.entry(of: type)
        guard entry.pointee.kind == .direct else { return nil }
        return limits.allowsIndefiniteLengths && type != CBORValue.self
            ? nil : entry.pointee.direct
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
        _ reader: CBORReader, _ means: CodingMeans,
        _ body: (UnsafeMutablePointer<DecodingState>) throws -> Value
    ) rethrows -> Value {
        let state = means == .all ? self.take() : .make(means)
        state.pointee.base = reader.base
        state.pointee.end = reader.end
        state.pointee.limits = reader.limits
        state.pointee.session &+= 1
        state.pointee.spanStart = -1
        if !state.pointee.keyTypes.isEmpty { state.pointee.keyTypes = [:] }
        if state.pointee.failureOffset != nil { state.pointee.failureOffset = nil }
        defer { means == .all ? self.putBack(state) : state.free() }
        return try body(state)
    }

    @inline(__always)
    private static func take() -> UnsafeMutablePointer<DecodingState> {
        let shelf = ThreadScratch.current
        guard let state = shelf.pointee.decoding else {
            return .make(ContainerLayout.isOneReference ? .all : .freshContainers)
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

    /// Makes a value of the item at an offset, which has been checked, and sets where it ends.
    ///
    /// Not by a tuple, whose metadata would have to be looked up for each value.
    static func item<Value: Decodable>(
        _ type: Value.Type, _ state: UnsafeMutablePointer<DecodingState>, at offset: Int,
        end: inout Int
    ) throws -> Value {
        let entry = state.pointee.types.entry(of: type)
        var reader = state.pointee.reader(at: offset)
        defer { end = reader.position }
        switch entry.pointee.kind {
        case .text: return unsafeBitCast(try reader.string(), to: type)
        case .bytes: return unsafeBitCast(try reader.bytes(), to: type)
        case .int: return unsafeBitCast(try reader.int(), to: type)
        case .double: return unsafeBitCast(try reader.double(), to: type)
        case .bool: return unsafeBitCast(try reader.bool(), to: type)
        case .direct:
            guard let direct = entry.pointee.direct else { fallthrough }
            return try self.read(direct, as: type, &reader)
        case .array:
            guard let array = entry.pointee.decodable else { fallthrough }
            return try self.array(array, as: type, state, at: offset, end: &reader.position)
        case .codable:
            return try self.codable(type, ItemDecoder(state: state, offset: offset), &reader)
        case .textKeyed:
            let item = ItemDecoder(state: state, offset: offset, textKeysOnly: true)
            return try self.codable(type, item, &reader)
        }
    }

    @inline(__always)
    private static func array<Value, Elements: DecodableElements>(
        _ array: Elements.Type, as type: Value.Type, _ state: UnsafeMutablePointer<DecodingState>,
        at offset: Int, end: inout Int
    ) throws -> Value {
        let elements = try Elements.decodeElements(state, at: offset, end: &end)
        // Value and Elements are the same type; only the conformance was not known.
        return withUnsafePointer(to: elements) { pointer in
            UnsafeRawPointer(pointer).assumingMemoryBound(to: Value.self).pointee
        }
    }

    @inline(__always)
    private static func codable<Value: Decodable>(
        _ type: Value.Type, _ item: ItemDecoder, _ reader: inout CBORReader
    ) throws -> Value {
        let state = item.state
        let mark = state.pointee.open
        state.pointee.spanStart = -1
        do {
            let value = try Value(from: item)
            reader.position = state.pointee.settle(item.offset, mark)
            return value
        } catch {
            state.pointee.abandon(item.offset, mark, error)
            throw error
        }
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
