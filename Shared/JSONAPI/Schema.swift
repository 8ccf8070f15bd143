/// What a JSON value must look like: checked before a handler runs and told in OpenAPI.
public indirect enum Schema: Sendable {
    /// Any value.
    case anything
    /// `true` or `false`.
    case boolean
    /// A whole number within bounds.
    case integer(ClosedRange<Int64>)
    /// Any number.
    case number
    /// A text that keeps a rule.
    case text(TextRule)
    /// One of these texts.
    case choice([String])
    /// A list of so many values, all alike.
    case array(Schema, counts: ClosedRange<Int>)
    /// Exactly these members; unknown ones are refused by name.
    case object([Member])
    /// An object with any names and values alike.
    case map(Schema)
    /// The value or `null`.
    case nullable(Schema)
    /// The first that fits; the texts say what each is.
    case either([Schema])

    /// A named member of an object.
    public struct Member: Sendable {
        /// The name.
        public let name: String
        /// What its value must look like.
        public let schema: Schema
        /// Whether it must be there.
        public let isRequired: Bool
        /// What it means, for readers of the documentation.
        public let about: String?

        /// A member that must be there.
        public static func required(
            _ name: String, _ schema: Schema, _ about: String? = nil
        ) -> Self {
            Self(name: name, schema: schema, isRequired: true, about: about)
        }

        /// A member that may be there.
        public static func optional(
            _ name: String, _ schema: Schema, _ about: String? = nil
        ) -> Self {
            Self(name: name, schema: schema, isRequired: false, about: about)
        }
    }
}

extension Schema {
    /// A text of at most 65,536 characters.
    public static let string = Schema.text(.anything(0...65_536))
    /// 24 hexadecimal digits.
    public static let identifier = Schema.text(.identifier)
    /// An e-mail address.
    public static let email = Schema.text(.email)

    /// A list of at most 1,000 values, all alike.
    public static func list(_ element: Schema) -> Schema { .array(element, counts: 0...1_000) }

    /// The document of a request about one resource: `{"data": {type, id?, attributes, relationships?}}`.
    ///
    /// `attributes` may be left out when none of them is required. `jsonapi`, `meta` and `links`
    /// are accepted where JSON:API allows them and not read.
    public static func resource(
        _ type: String, id: IdentifierRule = .none, attributes: [Member] = [],
        relationships: [Member] = []
    ) -> Schema {
        var data: [Member] = [.required("type", .choice([type]))]
        switch id {
        case .none: break
        case .optional: data.append(.optional("id", .identifier))
        case .required: data.append(.required("id", .identifier))
        }
        if !attributes.isEmpty {
            data.append(Self.group("attributes", attributes))
        }
        if !relationships.isEmpty {
            data.append(Self.group("relationships", relationships))
        }
        data.append(.optional("meta", .map(.anything)))
        data.append(.optional("links", .map(.anything)))
        return .object([
            .required("data", .object(data)),
            .optional("jsonapi", .map(.anything)),
            .optional("meta", .map(.anything)),
        ])
    }

    /// A relationship to one resource: `{"data": {type, id}}`.
    public static func linkage(_ type: String) -> Schema {
        .object([
            .required(
                "data",
                .object([.required("type", .choice([type])), .required("id", .identifier)])),
            .optional("links", .map(.anything)),
        ])
    }

    private static func group(_ name: String, _ members: [Member]) -> Member {
        Member(
            name: name, schema: .object(members),
            isRequired: members.contains(where: \.isRequired), about: nil)
    }

    /// Whether a request's resource names an identifier.
    public enum IdentifierRule: Sendable {
        /// It must not.
        case none
        /// It may.
        case optional
        /// It must.
        case required
    }
}
