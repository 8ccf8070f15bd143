/// The forms in which a JSON value is answered.
enum DocumentForm: CaseIterable {
    case json
    case jsonAPI
    case cbor

    /// The value of `Content-Type`.
    var mediaType: String {
        switch self {
        case .json: "application/json"
        case .jsonAPI: "application/vnd.api+json"
        case .cbor: "application/cbor"
        }
    }

    /// The form an `Accept` header prefers (RFC 9110, section 12.5.1); `nil` when it takes none.
    ///
    /// Among equally welcome forms `application/json` wins. A media range of JSON:API with
    /// parameters other than `profile` is passed over (JSON:API 1.1, "Server Responsibilities").
    init?(accept: String?) {
        guard let accept, !accept.isEmpty else {
            self = .json
            return
        }
        if accept == "*/*" || accept == "application/json" {
            self = .json
            return
        }
        let ranges = accept.split(separator: ",").prefix(FixedPublicLimits.acceptRangesMax)
            .compactMap(MediaRange.init)
        var best: (form: DocumentForm, quality: Double)?
        for form in Self.allCases {
            let quality = Self.quality(of: form, in: ranges)
            if quality > best?.quality ?? 0 { best = (form, quality) }
        }
        guard let best else { return nil }
        self = best.form
    }

    /// Whether an `Accept` header names this media type, and likes it better than any document.
    static func isNamed(_ mediaType: String, in accept: String?) -> Bool {
        guard let accept else { return false }
        let ranges = accept.split(separator: ",").prefix(FixedPublicLimits.acceptRangesMax)
            .compactMap(MediaRange.init)
        guard let named = ranges.first(where: { $0.type == mediaType }), named.quality > 0 else {
            return false
        }
        return Self.allCases.allSatisfy { Self.quality(of: $0, in: ranges) <= named.quality }
    }

    /// The quality of the most specific range that covers the form.
    private static func quality(of form: DocumentForm, in ranges: [MediaRange]) -> Double {
        var found: (specificity: Int, quality: Double) = (-1, 0)
        for range in ranges {
            let specificity: Int
            switch range.type {
            case form.mediaType: specificity = 2
            case "application/*": specificity = 1
            case "*/*": specificity = 0
            default: continue
            }
            let isJSONAPI = form == .jsonAPI && specificity == 2
            if isJSONAPI, range.parameters.contains(where: { $0 != "profile" }) { continue }
            if specificity > found.specificity { found = (specificity, range.quality) }
        }
        return found.quality
    }
}

/// One media type of a header: `type/subtype; name=value; q=0.5`.
struct MediaRange {
    /// The type in lower case, without parameters.
    let type: String
    /// The parameters' names in lower case, `q` left out.
    let parameters: [String]
    /// From 0 (not welcome) to 1.
    let quality: Double

    init?(_ text: Substring) {
        let parts = text.split(separator: ";").map { $0.trimmingSpaces() }
        guard let type = parts.first, type.contains("/") else { return nil }
        self.type = type.lowercased()
        var parameters: [String] = []
        var quality = 1.0
        for part in parts.dropFirst() {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard let name = pair.first?.trimmingSpaces().lowercased() else { continue }
            if name == "q" {
                guard pair.count == 2, let value = Double(pair[1].trimmingSpaces()),
                    (0...1).contains(value)
                else { return nil }
                quality = value
            } else {
                parameters.append(name)
            }
        }
        self.parameters = parameters
        self.quality = quality
    }

    /// Whether a `Content-Type` names JSON that may be read here.
    var isJSON: Bool {
        switch self.type {
        case "application/json": self.parameters.allSatisfy { $0 == "charset" }
        case "application/vnd.api+json": self.parameters.allSatisfy { $0 == "profile" }
        default: false
        }
    }
}
