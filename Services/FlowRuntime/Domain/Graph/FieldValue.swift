/// A setting of a step, as its author wrote it.
package indirect enum FieldValue: Hashable, Sendable {
    case null
    case truth(Bool)
    case whole(Int64)
    case number(Double)
    case text(String)
    case list([FieldValue])
    case map([String: FieldValue])

    package var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    package var whole: Int64? {
        if case .whole(let number) = self { number } else { nil }
    }

    package var map: [String: FieldValue]? {
        if case .map(let members) = self { members } else { nil }
    }
}
