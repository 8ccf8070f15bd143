extension Bool: CBORMessage {
    @inlinable
    public func encode(into writer: inout CBORWriter) throws { writer.bool(self) }
    @inlinable
    public init(from reader: inout CBORReader) throws { self = try reader.bool() }
}

extension String: CBORMessage {
    @inlinable
    public func encode(into writer: inout CBORWriter) throws { writer.string(self) }
    @inlinable
    public init(from reader: inout CBORReader) throws { self = try reader.string() }
}

extension Double: CBORMessage {
    @inlinable
    public func encode(into writer: inout CBORWriter) throws { writer.double(self) }
    @inlinable
    public init(from reader: inout CBORReader) throws { self = try reader.double() }
}

extension Float: CBORMessage {
    @inlinable
    public func encode(into writer: inout CBORWriter) throws { writer.float(self) }
    @inlinable
    public init(from reader: inout CBORReader) throws { self = try reader.float() }
}

extension CBORCodable where Self: FixedWidthInteger {
    @inlinable @inline(__always)
    public func encode(into writer: inout CBORWriter) throws { writer.integer(self) }
    @inlinable @inline(__always)
    public init(from reader: inout CBORReader) throws { self = try reader.integer() }
}

extension Int: CBORMessage {
    @inlinable @inline(__always)
    public init(from reader: inout CBORReader) throws { self = try reader.int() }
}
extension Int8: CBORMessage {}
extension Int16: CBORMessage {}
extension Int32: CBORMessage {}
extension Int64: CBORMessage {
    @inlinable @inline(__always)
    public init(from reader: inout CBORReader) throws {
        self = Int64(truncatingIfNeeded: try reader.int())
    }
}
extension UInt: CBORMessage {}
extension UInt8: CBORMessage {}
extension UInt16: CBORMessage {}
extension UInt32: CBORMessage {}
extension UInt64: CBORMessage {}

extension CBORValue: CBORMessage {}
