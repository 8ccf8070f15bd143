package import CBOR

/// The named types of a service, as reflection describes them.
package struct MessageShapes: Sendable {
    private let types: [String: CBORTypeShape]

    /// Takes the types of a description; a name that comes twice keeps its first meaning.
    package init(_ types: [CBORTypeShape]) {
        self.types = Dictionary(types.map { ($0.name, $0) }) { first, _ in first }
    }

    /// The type of a name.
    ///
    /// - Throws: ``ShapeMismatch`` when the description does not say what the name stands for.
    func type(_ name: String, at pointer: String) throws(ShapeMismatch) -> CBORTypeShape {
        guard let type = self.types[name] else {
            throw ShapeMismatch(pointer, "the service does not describe the type \(name)")
        }
        var last = type
        for _ in 0..<Self.aliasesMax {
            guard case .alias(let shape, _) = last.body, let name = shape.onlyName,
                let next = self.types[name]
            else { return type }
            last = next
        }
        throw ShapeMismatch(pointer, "the service describes the type \(name) by itself")
    }

    /// Names that stand for names that stand for names; more is a circle.
    private static let aliasesMax = 16

    /// The types that a message is made of, each once, in the order one meets them.
    package func types(within shapes: [CBORShape]) -> [CBORTypeShape] {
        var found: [CBORTypeShape] = []
        var waiting = Array(shapes.reversed())
        while let shape = waiting.popLast() {
            switch shape {
            case .array(let inner), .optional(let inner): waiting.append(inner)
            case .map(let key, let value): waiting += [value, key]
            case .named(let name):
                guard let type = self.types[name], !found.contains(where: { $0.name == name })
                else { continue }
                found.append(type)
                waiting += type.body.shapes.reversed()
            case .bool, .integer, .unsigned, .float, .text, .bytes, .any: continue
            }
        }
        return found
    }
}

extension CBORShape {
    /// The name, if values of the shape are those of a named type, or null.
    fileprivate var onlyName: String? {
        switch self {
        case .named(let name): name
        case .optional(let inner): inner.onlyName
        case .bool, .integer, .unsigned, .float, .text, .bytes, .any, .array, .map: nil
        }
    }
}

extension CBORTypeShape.Body {
    /// The shapes that values of the type hold.
    fileprivate var shapes: [CBORShape] {
        switch self {
        case .record(let fields): fields.map(\.shape)
        case .choice(let cases): cases.flatMap { $0.fields.map(\.shape) }
        case .alias(let shape, _): [shape]
        case .words, .numbers: []
        }
    }
}

extension CBORKeyShape {
    /// The key as it stands in a map.
    var value: CBORValue {
        switch self {
        case .integer(let number): .integer(number)
        case .text(let text): .text(text)
        }
    }
}

/// A value that is not what the service's description says, and where it stands.
package struct ShapeMismatch: Error, Hashable, Sendable, CustomStringConvertible {
    /// The place as a JSON pointer (RFC 6901); empty for the whole value.
    package let pointer: String
    /// What is wrong there.
    package let problem: String

    init(_ pointer: String, _ problem: String) {
        self.pointer = pointer
        self.problem = problem
    }

    package var description: String {
        self.pointer.isEmpty ? self.problem : "\(self.pointer): \(self.problem)"
    }
}
