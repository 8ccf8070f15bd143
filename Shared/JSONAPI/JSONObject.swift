/// The members of a JSON object, in order, each name once.
///
/// Look-up is linear: objects of documents are small. The parser refuses repeated names itself.
public struct JSONObject: Hashable, Sendable {
    /// A name and its value.
    public struct Member: Hashable, Sendable {
        /// The name.
        public let name: String
        /// The value.
        public var value: JSON

        /// Makes a member.
        public init(name: String, value: JSON) {
            self.name = name
            self.value = value
        }
    }

    /// The members in order.
    public private(set) var members: [Member]

    /// Makes an object without members.
    public init() { self.members = [] }

    /// Makes an object; of two members with one name the later counts, at the place of the first.
    public init(_ members: some Sequence<(String, JSON)>) {
        self.members = []
        for (name, value) in members { self[name] = value }
    }

    /// Takes members whose names are known to differ.
    init(distinct members: [Member]) { self.members = members }

    /// The value of a name; setting a new name appends it, setting `nil` removes it.
    public subscript(name: String) -> JSON? {
        get { self.members.first { $0.name == name }?.value }
        set {
            let index = self.members.firstIndex { $0.name == name }
            switch (index, newValue) {
            case (let index?, let value?): self.members[index].value = value
            case (let index?, nil): self.members.remove(at: index)
            case (nil, let value?): self.members.append(Member(name: name, value: value))
            case (nil, nil): break
            }
        }
    }

    /// Appends a member whose name is known to be new.
    mutating func appendNew(_ name: String, _ value: JSON) {
        self.members.append(Member(name: name, value: value))
    }

    /// Whether there are no members.
    public var isEmpty: Bool { self.members.isEmpty }

    /// The names in order.
    public var names: [String] { self.members.map(\.name) }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, JSON)...) { self.init(elements) }
}
