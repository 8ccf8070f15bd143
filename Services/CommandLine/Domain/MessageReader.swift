package import CBOR
import Foundation
package import JSONAPI

/// Turns JSON that a person wrote into the message a method takes.
///
/// Records and choices are objects by the names of their fields, byte strings are base64, words and
/// named numbers are texts. Whole numbers beyond 64 signed bits and floating-point numbers that are
/// not finite are texts too, since JSON has no form for them.
package struct MessageReader: Sendable {
    private let shapes: MessageShapes

    /// Makes a reader that knows these types.
    package init(_ shapes: MessageShapes) { self.shapes = shapes }

    /// The item that a JSON value stands for.
    ///
    /// - Throws: ``ShapeMismatch`` naming the first place that does not fit.
    package func read(_ json: JSON, as shape: CBORShape) throws(ShapeMismatch) -> CBORValue {
        try self.read(json, shape, "")
    }

    private func read(
        _ json: JSON, _ shape: CBORShape, _ pointer: String
    ) throws(ShapeMismatch) -> CBORValue {
        switch shape {
        case .bool:
            guard let value = json.bool else { throw self.wrong(json, "true or false", pointer) }
            return .bool(value)
        case .integer(let bits): return try Numbers.signed(json, bits: bits, pointer)
        case .unsigned(let bits): return try Numbers.unsigned(json, bits: bits, pointer)
        case .float: return try Numbers.float(json, pointer)
        case .text:
            guard let text = json.string else { throw self.wrong(json, "a string", pointer) }
            return .text(text)
        case .bytes:
            guard let text = json.string, let data = Data(base64Encoded: text) else {
                throw self.wrong(json, "a string of base64 (RFC 4648, padded)", pointer)
            }
            return .bytes([UInt8](data))
        case .any: return self.anything(json)
        case .optional(let inner):
            return json.isNull ? .null : try self.read(json, inner, pointer)
        case .array(let element): return try self.array(json, of: element, pointer)
        case .map(let key, let value): return try self.map(json, key, value, pointer)
        case .named(let name):
            return try self.read(json, try self.shapes.type(name, at: pointer), pointer)
        }
    }

    private func array(
        _ json: JSON, of element: CBORShape, _ pointer: String
    ) throws(ShapeMismatch) -> CBORValue {
        guard let elements = json.array else { throw self.wrong(json, "an array", pointer) }
        var values: [CBORValue] = []
        for (index, json) in elements.enumerated() {
            values.append(try self.read(json, element, JSONPointer.child(pointer, index)))
        }
        return .array(values)
    }

    /// A map by its keys: texts as they are, numbers as their digits.
    private func map(
        _ json: JSON, _ key: CBORShape, _ value: CBORShape, _ pointer: String
    ) throws(ShapeMismatch) -> CBORValue {
        guard let object = json.object else { throw self.wrong(json, "an object", pointer) }
        var entries: [CBORValue: CBORValue] = [:]
        for member in object.members {
            let place = JSONPointer.child(pointer, member.name)
            let name = try self.read(.string(member.name), key, place)
            guard
                entries.updateValue(try self.read(member.value, value, place), forKey: name) == nil
            else { throw ShapeMismatch(place, "the key comes twice") }
        }
        return .map(entries)
    }

    /// What JSON says by itself, for places that take anything.
    private func anything(_ json: JSON) -> CBORValue {
        switch json {
        case .null: .null
        case .bool(let value): .bool(value)
        case .integer(let value): .integer(value)
        case .number(let value): .double(value)
        case .string(let text): .text(text)
        case .array(let elements): .array(elements.map { self.anything($0) })
        case .object(let object):
            .map(
                Dictionary(object.members.map { (.text($0.name), self.anything($0.value)) }) {
                    first, _ in first
                })
        }
    }

    // MARK: Named types

    private func read(
        _ json: JSON, _ type: CBORTypeShape, _ pointer: String
    ) throws(ShapeMismatch) -> CBORValue {
        switch type.body {
        case .record(let fields): return try self.record(json, fields, of: type.name, pointer)
        case .choice(let cases): return try self.choice(json, cases, of: type.name, pointer)
        case .words(let words):
            guard let word = json.string, words.contains(word) else {
                throw self.wrong(json, "one of \(Self.list(words)) (\(type.name))", pointer)
            }
            return .text(word)
        case .numbers(let numbers):
            return try self.number(json, numbers, of: type.name, pointer)
        case .alias(let shape, let pattern):
            let value = try self.read(json, shape, pointer)
            if let text = value.textValue, !Pattern.isMatched(by: text, pattern) {
                throw self.wrong(json, "\(type.name), which is text like \(pattern)", pointer)
            }
            return value
        }
    }

    private func record(
        _ json: JSON, _ fields: [CBORTypeShape.Field], of type: String, _ pointer: String
    ) throws(ShapeMismatch) -> CBORValue {
        guard let object = json.object else {
            throw self.wrong(json, "an object (\(type))", pointer)
        }
        var entries: [CBORValue: CBORValue] = [:]
        for member in object.members {
            let place = JSONPointer.child(pointer, member.name)
            guard let field = fields.first(where: { $0.name == member.name }) else {
                let known = fields.isEmpty ? "no fields" : Self.list(fields.map(\.name))
                throw ShapeMismatch(place, "unknown field: \(type) has \(known)")
            }
            if field.isOptional, member.value.isNull { continue }
            entries[field.key.value] = try self.read(member.value, field.shape, place)
        }
        for field in fields where !field.isOptional && object[field.name] == nil {
            throw ShapeMismatch(
                JSONPointer.child(pointer, field.name), "required by \(type) and missing")
        }
        return .map(entries)
    }

    private func choice(
        _ json: JSON, _ cases: [CBORTypeShape.Case], of type: String, _ pointer: String
    ) throws(ShapeMismatch) -> CBORValue {
        guard let object = json.object, object.members.count == 1, let member = object.members.first
        else {
            throw self.wrong(
                json, "an object with one member, one of \(Self.list(cases.map(\.name))) (\(type))",
                pointer)
        }
        let place = JSONPointer.child(pointer, member.name)
        guard let chosen = cases.first(where: { $0.name == member.name }) else {
            throw ShapeMismatch(
                place, "unknown case: \(type) is one of \(Self.list(cases.map(\.name)))")
        }
        let content = try self.record(
            member.value, chosen.fields, of: "\(type).\(chosen.name)", place)
        return .map([.text(chosen.name): content])
    }

    private func number(
        _ json: JSON, _ numbers: [CBORTypeShape.Number], of type: String, _ pointer: String
    ) throws(ShapeMismatch) -> CBORValue {
        for number in numbers
        where json.string == number.name || json.integer == Int64(number.value) {
            return .integer(number.value)
        }
        throw self.wrong(json, "one of \(Self.list(numbers.map(\.name))) (\(type))", pointer)
    }

    // MARK: Refusals

    private func wrong(_ json: JSON, _ expected: String, _ pointer: String) -> ShapeMismatch {
        Self.wrong(json, expected, pointer)
    }

    /// The refusal of a value that should have been something else.
    static func wrong(_ json: JSON, _ expected: String, _ pointer: String) -> ShapeMismatch {
        let found: String =
            switch json {
            case .string, .bool, .integer, .number: json.text
            case .null, .array, .object: json.kindText
            }
        let short = found.count > 60 ? "\(found.prefix(60))…" : found
        return ShapeMismatch(pointer, "\(short) is not \(expected)")
    }

    private static func list(_ names: [String]) -> String { names.joined(separator: ", ") }
}
