/// A coding key as it stands in a map, for places where the type's own keys are not at hand.
struct CBORKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    init(stringValue: String) {
        self.stringValue = stringValue
        self.intValue = nil
    }

    init(intValue: Int) {
        self.stringValue = "\(intValue)"
        self.intValue = intValue
    }

    /// The key that `superEncoder()` and `superDecoder()` stand for.
    static let `super` = CBORKey(stringValue: "super")

    /// The key of a map, as a key of the type that reads or writes the map where that knows it.
    static func named(_ number: Int, _ type: (any CodingKey.Type)?) -> any CodingKey {
        type?.init(intValue: number) ?? CBORKey(intValue: number)
    }

    /// The key of a map, as a key of the type that reads or writes the map where that knows it.
    static func named(_ text: String, _ type: (any CodingKey.Type)?) -> any CodingKey {
        type?.init(stringValue: text) ?? CBORKey(stringValue: text)
    }
}

/// The position of an element in an array.
struct CBORIndex: CodingKey {
    let index: Int
    var stringValue: String { "\(self.index)" }
    var intValue: Int? { self.index }

    init(_ index: Int) { self.index = index }
    init?(stringValue: String) { nil }
    init(intValue: Int) { self.index = intValue }
}

/// How a coding path is written in messages: `items[2].sku`.
enum CodingPathText {
    static func text(_ path: [any CodingKey]) -> String {
        var text = ""
        for key in path {
            if let element = key as? CBORIndex {
                text += "[\(element.index)]"
            } else {
                text += (text.isEmpty ? "" : ".") + key.stringValue
            }
        }
        return text
    }
}
