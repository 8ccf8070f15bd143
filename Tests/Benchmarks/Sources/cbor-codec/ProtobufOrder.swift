import SwiftProtobuf

/// The same record for swift-protobuf, in the shape of what its compiler plugin writes.
struct ProtobufOrder: Sendable {
    var id = ""
    var title = ""
    var note: String {
        get { self._note ?? "" }
        set { self._note = newValue }
    }
    var count: Int64 = 0
    var created: Int64 = 0
    var isOpen = false
    var weight: Double = 0
    var lines: [Line] = []
    var unknownFields = SwiftProtobuf.UnknownStorage()

    fileprivate var _note: String?

    struct Line: Sendable {
        var name = ""
        var quantity: Int64 = 0
        var price: Int64 = 0
        var unknownFields = SwiftProtobuf.UnknownStorage()
    }

    static let sample: ProtobufOrder = {
        var order = ProtobufOrder()
        order.id = Sample.id
        order.title = Sample.title
        order.note = Sample.note
        order.count = Int64(Sample.count)
        order.created = Sample.created
        order.isOpen = true
        order.weight = Sample.weight
        order.lines = Sample.lines.map { name, quantity, price in
            var line = Line()
            line.name = name
            line.quantity = Int64(quantity)
            line.price = Int64(price)
            return line
        }
        return order
    }()
}

extension ProtobufOrder: SwiftProtobuf.Message, SwiftProtobuf._MessageImplementationBase {
    static let protoMessageName = "Order"

    mutating func decodeMessage<D: SwiftProtobuf.Decoder>(decoder: inout D) throws {
        while let fieldNumber = try decoder.nextFieldNumber() {
            switch fieldNumber {
            case 1: try decoder.decodeSingularStringField(value: &self.id)
            case 2: try decoder.decodeSingularStringField(value: &self.title)
            case 3: try decoder.decodeSingularStringField(value: &self._note)
            case 4: try decoder.decodeSingularInt64Field(value: &self.count)
            case 5: try decoder.decodeSingularInt64Field(value: &self.created)
            case 6: try decoder.decodeSingularBoolField(value: &self.isOpen)
            case 7: try decoder.decodeSingularDoubleField(value: &self.weight)
            case 8: try decoder.decodeRepeatedMessageField(value: &self.lines)
            default: break
            }
        }
    }

    func traverse<V: SwiftProtobuf.Visitor>(visitor: inout V) throws {
        if !self.id.isEmpty { try visitor.visitSingularStringField(value: self.id, fieldNumber: 1) }
        if !self.title.isEmpty {
            try visitor.visitSingularStringField(value: self.title, fieldNumber: 2)
        }
        try {
            if let v = self._note {
                try visitor.visitSingularStringField(value: v, fieldNumber: 3)
            }
        }()
        if self.count != 0 {
            try visitor.visitSingularInt64Field(value: self.count, fieldNumber: 4)
        }
        if self.created != 0 {
            try visitor.visitSingularInt64Field(value: self.created, fieldNumber: 5)
        }
        if self.isOpen { try visitor.visitSingularBoolField(value: self.isOpen, fieldNumber: 6) }
        if self.weight.bitPattern != 0 {
            try visitor.visitSingularDoubleField(value: self.weight, fieldNumber: 7)
        }
        if !self.lines.isEmpty {
            try visitor.visitRepeatedMessageField(value: self.lines, fieldNumber: 8)
        }
        try self.unknownFields.traverse(visitor: &visitor)
    }

    static func == (left: ProtobufOrder, right: ProtobufOrder) -> Bool {
        left.id == right.id && left.title == right.title && left._note == right._note
            && left.count == right.count && left.created == right.created
            && left.isOpen == right.isOpen && left.weight == right.weight
            && left.lines == right.lines && left.unknownFields == right.unknownFields
    }
}

extension ProtobufOrder.Line: SwiftProtobuf.Message, SwiftProtobuf._MessageImplementationBase {
    static let protoMessageName = "Order.Line"

    mutating func decodeMessage<D: SwiftProtobuf.Decoder>(decoder: inout D) throws {
        while let fieldNumber = try decoder.nextFieldNumber() {
            switch fieldNumber {
            case 1: try decoder.decodeSingularStringField(value: &self.name)
            case 2: try decoder.decodeSingularInt64Field(value: &self.quantity)
            case 3: try decoder.decodeSingularInt64Field(value: &self.price)
            default: break
            }
        }
    }

    func traverse<V: SwiftProtobuf.Visitor>(visitor: inout V) throws {
        if !self.name.isEmpty {
            try visitor.visitSingularStringField(value: self.name, fieldNumber: 1)
        }
        if self.quantity != 0 {
            try visitor.visitSingularInt64Field(value: self.quantity, fieldNumber: 2)
        }
        if self.price != 0 {
            try visitor.visitSingularInt64Field(value: self.price, fieldNumber: 3)
        }
        try self.unknownFields.traverse(visitor: &visitor)
    }

    static func == (left: ProtobufOrder.Line, right: ProtobufOrder.Line) -> Bool {
        left.name == right.name && left.quantity == right.quantity && left.price == right.price
            && left.unknownFields == right.unknownFields
    }
}
