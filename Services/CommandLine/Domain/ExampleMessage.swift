package import CBOR
package import JSONAPI

/// A message made up from its shape alone, to be changed and sent.
package struct ExampleMessage: Sendable {
    private let shapes: MessageShapes

    /// Makes examples of these types.
    package init(_ shapes: MessageShapes) { self.shapes = shapes }

    /// JSON that ``MessageReader`` accepts for the shape, every field filled in.
    ///
    /// A list or map has one entry, a choice takes its first case. Where a type holds itself, the
    /// example ends: optional fields are left out there, lists are empty.
    ///
    /// - Throws: ``ShapeMismatch`` when there is no such message: the description lacks a type, or a
    ///   type always holds itself.
    package func json(of shape: CBORShape) throws(ShapeMismatch) -> JSON {
        try self.json(shape, within: [], "")
    }

    private func json(
        _ shape: CBORShape, within outer: Set<String>, _ pointer: String
    ) throws(ShapeMismatch) -> JSON {
        switch shape {
        case .named(let name):
            guard !outer.contains(name) else {
                throw ShapeMismatch(pointer, "\(name) always holds itself")
            }
            let type = try self.shapes.type(name, at: pointer)
            return try self.json(type, within: outer.union([name]), pointer)
        case .bool: return true
        case .integer, .unsigned: return 1
        case .float: return 1.5
        case .text: return "text"
        case .bytes: return "AAEC"
        case .any: return .object(JSONObject())
        case .optional(let inner):
            return (try? self.json(inner, within: outer, pointer)) ?? .null
        case .array(let element):
            let example = try? self.json(element, within: outer, pointer)
            return .array(example.map { [$0] } ?? [])
        case .map(let key, let value):
            guard let key = try? self.json(key, within: outer, pointer),
                let value = try? self.json(value, within: outer, pointer)
            else { return .object(JSONObject()) }
            return .object(JSONObject([(key.string ?? key.text, value)]))
        }
    }

    private func json(
        _ type: CBORTypeShape, within outer: Set<String>, _ pointer: String
    ) throws(ShapeMismatch) -> JSON {
        switch type.body {
        case .record(let fields): return try self.record(fields, within: outer, pointer)
        case .choice(let cases):
            var failure = ShapeMismatch(pointer, "\(type.name) has no cases")
            for option in cases {
                do {
                    let content = try self.record(option.fields, within: outer, pointer)
                    return .object(JSONObject([(option.name, content)]))
                } catch {
                    failure = error
                }
            }
            throw failure
        case .words(let words):
            guard let word = words.first else {
                throw ShapeMismatch(pointer, "\(type.name) has no words")
            }
            return .string(word)
        case .numbers(let numbers):
            guard let number = numbers.first else {
                throw ShapeMismatch(pointer, "\(type.name) has no numbers")
            }
            return .string(number.name)
        case .alias(let shape, let pattern):
            let json = try self.json(shape, within: outer, pointer)
            return json.string == nil ? json : .string(Pattern.example(of: pattern))
        }
    }

    private func record(
        _ fields: [CBORTypeShape.Field], within outer: Set<String>, _ pointer: String
    ) throws(ShapeMismatch) -> JSON {
        var object = JSONObject()
        for field in fields {
            let place = JSONPointer.child(pointer, field.name)
            do {
                object[field.name] = try self.json(field.shape, within: outer, place)
            } catch {
                if !field.isOptional { throw error }
            }
        }
        return .object(object)
    }
}
