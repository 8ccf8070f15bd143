/// The kinds of metrics that Prometheus tells apart.
enum MetricKind: String {
    case counter
    case gauge
    case histogram
}

/// Names as Prometheus takes them.
enum MetricName {
    /// The name of a metric: letters, digits and `_`; counters end in `_total`.
    static func make(_ label: String, _ kind: MetricKind) -> String {
        var name = self.word(label)
        if kind == .counter, !name.hasSuffix("_total") { name += "_total" }
        return name
    }

    /// The name of a timer: it ends in `_seconds`.
    static func timer(_ label: String) -> String {
        label.hasSuffix("_seconds") ? label : "\(label)_seconds"
    }

    static func word(_ text: String) -> String {
        var word = String(
            text.unicodeScalars.map { scalar -> Character in
                scalar.isASCII && scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                    ? Character(scalar) : "_"
            })
        if let first = word.unicodeScalars.first, ("0"..."9").contains(first) { word = "_" + word }
        return word
    }
}

/// The labels of a series, in the order given.
struct MetricLabels: Hashable, Comparable {
    private let pairs: [[String]]

    init(_ dimensions: [(String, String)]) {
        self.pairs = dimensions.map { [MetricName.word($0.0), $0.1] }
    }

    private init(pairs: [[String]]) { self.pairs = pairs }

    /// The same names, each with the value `other`.
    var asOther: MetricLabels { MetricLabels(pairs: self.pairs.map { [$0[0], "other"] }) }

    /// `{a="1",b="2"}`, with one more pair where given; empty without any.
    func text(adding extra: (String, String)? = nil) -> String {
        let all = self.pairs + (extra.map { [[$0.0, $0.1]] } ?? [])
        if all.isEmpty { return "" }
        return "{\(all.map { "\($0[0])=\"\(Self.escaped($0[1]))\"" }.joined(separator: ","))}"
    }

    static func < (left: MetricLabels, right: MetricLabels) -> Bool {
        left.pairs.lexicographicallyPrecedes(right.pairs) {
            $0.lexicographicallyPrecedes($1)
        }
    }

    private static func escaped(_ text: String) -> String {
        guard text.contains(where: { $0 == "\\" || $0 == "\"" || $0.isNewline }) else {
            return text
        }
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
