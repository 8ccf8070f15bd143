/// A query parameter of an operation.
public struct QueryParameter: Sendable {
    /// What its text must be.
    enum Kind: Sendable {
        case integer(ClosedRange<Int>, default: Int)
        case text(TextRule)
        case choice([String])
        /// Words separated by commas, each of these.
        case words([String])
        /// Words separated by commas, each of these, with `-` before it for descending.
        case sortWords([String])
        /// Any text, under any name that is not declared.
        case others
    }

    /// The name, brackets included.
    public let name: String
    /// What it does, for the documentation.
    public let about: String
    let kind: Kind

    /// The pair `page[number]` and `page[size]`.
    public static func page(defaultSize: Int = 20) -> [QueryParameter] {
        [
            QueryParameter(
                name: "page[number]", about: "The page, from 1.",
                kind: .integer(1...Page.numberMax, default: 1)),
            QueryParameter(
                name: "page[size]", about: "Items on a page.",
                kind: .integer(1...Page.sizeMax, default: defaultSize)),
        ]
    }

    /// `include`: full objects of these relationships in `included`.
    public static func include(_ relationships: [String]) -> QueryParameter {
        QueryParameter(
            name: "include", about: "Relationships to give in full in `included`.",
            kind: .words(relationships))
    }

    /// `sort`: the order, by these attributes, `-` before one for descending.
    public static func sort(_ attributes: [String]) -> QueryParameter {
        QueryParameter(
            name: "sort", about: "The order; `-` before an attribute reverses it.",
            kind: .sortWords(attributes))
    }

    /// `filter[name]`: only what matches.
    public static func filter(_ name: String, _ rule: TextRule, _ about: String) -> QueryParameter {
        QueryParameter(name: "filter[\(name)]", about: about, kind: .text(rule))
    }

    /// `filter[name]`, one of these words.
    public static func filter(
        _ name: String, oneOf words: [String], _ about: String
    ) -> QueryParameter {
        QueryParameter(name: "filter[\(name)]", about: about, kind: .choice(words))
    }

    /// Every parameter that is not declared, whatever its name: for operations that pass on what
    /// somebody else made up. ``QueryParameters/all`` has them.
    public static func others(_ about: String) -> QueryParameter {
        QueryParameter(name: "*", about: about, kind: .others)
    }

    /// Any other parameter with a text.
    public static func text(_ name: String, _ rule: TextRule, _ about: String) -> QueryParameter {
        QueryParameter(name: name, about: about, kind: .text(rule))
    }

    /// Any other parameter with a whole number.
    public static func integer(
        _ name: String, _ bounds: ClosedRange<Int>, default number: Int, _ about: String
    ) -> QueryParameter {
        QueryParameter(name: name, about: about, kind: .integer(bounds, default: number))
    }
}

extension QueryParameter {
    /// What is wrong with a text given for the parameter; `nil` when nothing is.
    func problem(of text: String) -> String? {
        switch self.kind {
        case .integer(let bounds, _):
            if let number = Int(text), bounds.contains(number) { return nil }
            return "must be an integer from \(bounds.lowerBound) to \(bounds.upperBound)."
        case .text(let rule):
            return rule.isKept(by: text) ? nil : "must be \(rule.expectation)."
        case .choice(let words):
            return words.contains(text) ? nil : "must be one of \(words.joined(separator: ", "))."
        case .others: return nil
        case .words(let words):
            let isKnown = text.split(separator: ",").allSatisfy { words.contains(String($0)) }
            return isKnown ? nil : "may name only \(words.joined(separator: ", "))."
        case .sortWords(let words):
            let isKnown = SortKey.parse(text).allSatisfy { words.contains($0.attribute) }
            return isKnown ? nil : "may name only \(words.joined(separator: ", "))."
        }
    }
}

/// One criterion of an order.
public struct SortKey: Hashable, Sendable {
    /// The attribute.
    public let attribute: String
    /// Whether the order is from high to low.
    public let isDescending: Bool

    static func parse(_ text: String) -> [SortKey] {
        text.split(separator: ",").map { word in
            let isDescending = word.hasPrefix("-")
            return SortKey(
                attribute: String(isDescending ? word.dropFirst() : word),
                isDescending: isDescending)
        }
    }
}
