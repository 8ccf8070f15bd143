/// What a document is written to, piece by piece: JSON text, or a JSON value.
protocol JSONSink {
    /// Begins an object; names and values follow in turns.
    mutating func beginObject()
    /// Ends the object begun last.
    mutating func endObject()
    /// Begins a list; values follow.
    mutating func beginArray()
    /// Ends the list begun last.
    mutating func endArray()
    /// Names the value that follows.
    mutating func name(_ name: String)
    /// Writes a text.
    mutating func text(_ text: String)
    /// Writes any value.
    mutating func value(_ value: JSON)
}

extension JSONSink {
    /// Writes `{"self": link}` under `links`.
    mutating func selfLink(_ link: String) {
        self.name("links")
        self.beginObject()
        self.name("self")
        self.text(link)
        self.endObject()
    }

    /// Writes a list of what writes itself.
    mutating func array<Element>(
        _ elements: [Element], _ write: (Element, inout Self) -> Void
    ) {
        self.beginArray()
        for element in elements { write(element, &self) }
        self.endArray()
    }
}

/// Puts a JSON value together.
struct JSONBuilder: JSONSink {
    private enum Container {
        case object([JSONObject.Member], name: String?)
        case array([JSON])
    }

    private var open: [Container] = []
    /// What was written, once everything begun has ended.
    private(set) var result = JSON.null

    mutating func beginObject() { self.open.append(.object([], name: nil)) }
    mutating func beginArray() { self.open.append(.array([])) }
    mutating func endObject() { self.end() }
    mutating func endArray() { self.end() }
    mutating func text(_ text: String) { self.value(.string(text)) }

    mutating func name(_ name: String) {
        guard case .object(let members, _) = self.open.popLast() else { return }
        self.open.append(.object(members, name: name))
    }

    mutating func value(_ value: JSON) {
        switch self.open.popLast() {
        case .object(var members, let name):
            members.append(JSONObject.Member(name: name ?? "", value: value))
            self.open.append(.object(members, name: nil))
        case .array(var elements):
            elements.append(value)
            self.open.append(.array(elements))
        case nil: self.result = value
        }
    }

    private mutating func end() {
        switch self.open.popLast() {
        case .object(let members, _): self.value(.object(JSONObject(distinct: members)))
        case .array(let elements): self.value(.array(elements))
        case nil: break
        }
    }
}
