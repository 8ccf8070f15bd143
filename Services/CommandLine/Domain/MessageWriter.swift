package import CBOR
import Foundation
package import JSONAPI

/// Turns a message into JSON that a person can read, the reverse of ``MessageReader``.
///
/// Nothing is left out: fields, cases, words and numbers that the description does not know, because
/// the service has grown since, are shown as they came.
package struct MessageWriter: Sendable {
    private let shapes: MessageShapes

    /// Makes a writer that knows these types.
    package init(_ shapes: MessageShapes) { self.shapes = shapes }

    /// The JSON of an item.
    ///
    /// - Throws: ``ShapeMismatch`` naming the first place that is not what the shape says.
    package func write(_ value: CBORValue, as shape: CBORShape) throws(ShapeMismatch) -> JSON {
        try self.write(value, shape, "")
    }

    private func write(
        _ value: CBORValue, _ shape: CBORShape, _ pointer: String
    ) throws(ShapeMismatch) -> JSON {
        switch (shape, value) {
        case (.named(let name), _):
            return try self.write(value, try self.shapes.type(name, at: pointer), pointer)
        case (.optional, .null), (.optional, .undefined): return .null
        case (.optional(let inner), _): return try self.write(value, inner, pointer)
        case (.any, _): return self.anything(value)
        case (.bool, .bool(let value)): return .bool(value)
        case (.integer, .unsigned), (.integer, .negative), (.unsigned, .unsigned):
            return Numbers.json(value) ?? .null
        case (.float, .double(let number)): return Numbers.json(number)
        case (.float, .unsigned(let number)): return .number(Double(number))
        case (.float, .negative(let number)): return .number(-1 - Double(number))
        case (.text, .text(let text)): return .string(text)
        case (.bytes, .bytes(let bytes)): return .string(Data(bytes).base64EncodedString())
        case (.array(let element), .array(let values)):
            var elements: [JSON] = []
            for (index, value) in values.enumerated() {
                elements.append(
                    try self.write(value, element, JSONPointer.child(pointer, index)))
            }
            return .array(elements)
        case (.map(let key, let inner), .map(let entries)):
            return try self.map(entries, key, inner, pointer)
        default: throw Self.wrong(value, pointer)
        }
    }

    private func map(
        _ entries: [CBORValue: CBORValue], _ key: CBORShape, _ inner: CBORShape, _ pointer: String
    ) throws(ShapeMismatch) -> JSON {
        var members: [(String, JSON)] = []
        for (name, value) in entries {
            let text = try self.write(name, key, pointer)
            let place = JSONPointer.child(pointer, text.string ?? text.text)
            members.append((text.string ?? text.text, try self.write(value, inner, place)))
        }
        return .object(JSONObject(members.sorted { $0.0 < $1.0 }))
    }

    /// What CBOR says by itself, for places that take anything.
    private func anything(_ value: CBORValue) -> JSON {
        switch value {
        case .unsigned, .negative: Numbers.json(value) ?? .null
        case .bytes(let bytes): .string(Data(bytes).base64EncodedString())
        case .text(let text): .string(text)
        case .array(let values): .array(values.map { self.anything($0) })
        case .map(let entries):
            .object(
                JSONObject(
                    entries.map {
                        ($0.key.textValue ?? $0.key.description, self.anything($0.value))
                    }
                    .sorted { $0.0 < $1.0 }))
        case .bool(let value): .bool(value)
        case .null, .undefined: .null
        case .double(let number): Numbers.json(number)
        case .tagged, .simple: .string(value.description)
        }
    }

    // MARK: Named types

    private func write(
        _ value: CBORValue, _ type: CBORTypeShape, _ pointer: String
    ) throws(ShapeMismatch) -> JSON {
        switch (type.body, value) {
        case (.alias(let shape, _), _): return try self.write(value, shape, pointer)
        case (.record(let fields), .map(let entries)):
            return try self.record(entries, fields, pointer)
        case (.choice(let cases), .map(let entries)) where entries.count == 1:
            return try self.choice(entries, cases, pointer)
        case (.words, .text(let word)): return .string(word)
        case (.numbers(let numbers), .unsigned), (.numbers(let numbers), .negative):
            let number = numbers.first { .integer($0.value) == value }
            return number.map { .string($0.name) } ?? Numbers.json(value) ?? .null
        default: throw Self.wrong(value, pointer)
        }
    }

    private func record(
        _ entries: [CBORValue: CBORValue], _ fields: [CBORTypeShape.Field], _ pointer: String
    ) throws(ShapeMismatch) -> JSON {
        var rest = entries
        var object = JSONObject()
        for field in fields {
            let place = JSONPointer.child(pointer, field.name)
            guard let value = rest.removeValue(forKey: field.key.value) else {
                guard field.isOptional else { throw ShapeMismatch(place, "missing") }
                continue
            }
            object[field.name] =
                field.isOptional && value == .null
                ? .null : try self.write(value, field.shape, place)
        }
        for (key, value) in rest.sorted(by: { $0.key.description < $1.key.description }) {
            object[key.textValue ?? key.description] = self.anything(value)
        }
        return .object(object)
    }

    private func choice(
        _ entries: [CBORValue: CBORValue], _ cases: [CBORTypeShape.Case], _ pointer: String
    ) throws(ShapeMismatch) -> JSON {
        guard let (key, value) = entries.first, let name = key.textValue else {
            throw Self.wrong(.map(entries), pointer)
        }
        guard let chosen = cases.first(where: { $0.name == name }) else {
            return .object(JSONObject([(name, self.anything(value))]))
        }
        guard case .map(let content) = value else { throw Self.wrong(value, "\(pointer)/\(name)") }
        let place = JSONPointer.child(pointer, name)
        return .object(JSONObject([(name, try self.record(content, chosen.fields, place))]))
    }

    private static func wrong(_ value: CBORValue, _ pointer: String) -> ShapeMismatch {
        let text = value.description
        let short = text.count > 60 ? "\(text.prefix(60))…" : text
        return ShapeMismatch(pointer, "\(short) is not what the service describes")
    }
}
