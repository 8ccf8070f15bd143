/// Collects what types look like while the shape of a message is taken, each type once.
public struct CBORShapeBook: Sendable {
    /// The types seen so far, by name.
    public private(set) var types: [String: CBORTypeShape] = [:]
    /// The name each type goes by; there from the moment it is first met, so that a type may hold
    /// itself.
    private var names: [ObjectIdentifier: String] = [:]

    /// Makes an empty book.
    public init() {}

    /// Enters a type, unless it has been met before, and returns a reference to it.
    ///
    /// A type that has the name of another and looks different goes by its full name with module;
    /// one that looks the same (a generic type whose parameter does not show) shares the entry.
    public mutating func named<Value>(
        _ name: String, _ type: Value.Type,
        _ body: (inout CBORShapeBook) -> CBORTypeShape.Body
    ) -> CBORShape {
        let id = ObjectIdentifier(type)
        if let name = self.names[id] { return .named(name) }
        let isTaken = self.types[name] != nil || self.names.values.contains(name)
        guard isTaken else { return self.enter(name, id, body) }
        var copy = self
        copy.names[id] = name
        if copy.types[name] == CBORTypeShape(name: name, body: body(&copy)) {
            self.names[id] = name
            return .named(name)
        }
        return self.enter(String(reflecting: type), id, body)
    }

    private mutating func enter(
        _ name: String, _ id: ObjectIdentifier, _ body: (inout CBORShapeBook) -> CBORTypeShape.Body
    ) -> CBORShape {
        self.names[id] = name
        self.types[name] = CBORTypeShape(name: name, body: body(&self))
        return .named(name)
    }
}
