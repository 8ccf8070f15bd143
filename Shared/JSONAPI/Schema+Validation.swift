extension Schema {
    /// The most problems reported of one value; the rest would only be noise.
    static let faultsMax = 50

    /// Every problem of a body, each with its pointer; empty when there is none.
    public func faults(of value: JSON) -> [APIError] {
        var faults: [APIError] = []
        self.check(value, at: "", into: &faults)
        return Array(faults.prefix(Self.faultsMax))
    }

    private func check(_ value: JSON, at pointer: String, into faults: inout [APIError]) {
        switch self {
        case .anything: break
        case .boolean:
            if value.bool == nil { faults.append(self.wrongType(value, pointer)) }
        case .number:
            if value.double == nil { faults.append(self.wrongType(value, pointer)) }
        case .integer(let bounds):
            guard let number = value.integer else {
                return faults.append(self.wrongType(value, pointer))
            }
            if !bounds.contains(number) { faults.append(self.wrongValue(pointer)) }
        case .text(let rule):
            guard let text = value.string else {
                return faults.append(self.wrongType(value, pointer))
            }
            if !rule.isKept(by: text) { faults.append(self.wrongValue(pointer)) }
        case .choice(let texts):
            guard let text = value.string else {
                return faults.append(self.wrongType(value, pointer))
            }
            if !texts.contains(text) { faults.append(self.wrongValue(pointer)) }
        case .nullable(let schema):
            if !value.isNull { schema.check(value, at: pointer, into: &faults) }
        case .array(let element, let counts):
            self.check(value, elements: element, counts: counts, at: pointer, into: &faults)
        case .object(let members):
            self.check(value, members: members, at: pointer, into: &faults)
        case .map(let schema):
            guard let object = value.object else {
                return faults.append(self.wrongType(value, pointer))
            }
            for member in object.members where faults.count < Self.faultsMax {
                let place = JSONPointer.child(pointer, member.name)
                schema.check(member.value, at: place, into: &faults)
            }
        case .either(let schemas):
            let fits = schemas.contains { $0.faults(of: value).isEmpty }
            if !fits { faults.append(self.wrongValue(pointer)) }
        }
    }

    private func check(
        _ value: JSON, elements: Schema, counts: ClosedRange<Int>, at pointer: String,
        into faults: inout [APIError]
    ) {
        guard let array = value.array else {
            return faults.append(self.wrongType(value, pointer))
        }
        guard counts.contains(array.count) else {
            return faults.append(self.wrongValue(pointer))
        }
        for (index, element) in array.enumerated() where faults.count < Self.faultsMax {
            elements.check(element, at: JSONPointer.child(pointer, index), into: &faults)
        }
    }

    private func check(
        _ value: JSON, members: [Member], at pointer: String, into faults: inout [APIError]
    ) {
        guard let object = value.object else {
            return faults.append(self.wrongType(value, pointer))
        }
        for member in members {
            if let value = object[member.name] {
                let place = JSONPointer.child(pointer, member.name)
                member.schema.check(value, at: place, into: &faults)
            } else if member.isRequired {
                faults.append(
                    APIError(
                        400, "missing", "\"\(member.name)\" is missing.",
                        source: .pointer(pointer)))
            }
        }
        for name in object.names where !members.contains(where: { $0.name == name }) {
            guard faults.count < Self.faultsMax else { return }
            faults.append(
                APIError(
                    400, "unknown_member", "\"\(name)\" is not a member that is known here.",
                    source: .pointer(JSONPointer.child(pointer, name))))
        }
    }

    private func wrongType(_ value: JSON, _ pointer: String) -> APIError {
        APIError(
            400, "wrong_type", "must be \(self.expectation), not \(value.kindText).",
            source: .pointer(pointer))
    }

    private func wrongValue(_ pointer: String) -> APIError {
        .invalid(pointer, "must be \(self.expectation).")
    }

    /// What is expected, to complete "must be".
    var expectation: String {
        switch self {
        case .anything: "a value"
        case .boolean: "a boolean"
        case .number: "a number"
        case .integer(let bounds):
            "an integer from \(bounds.lowerBound) to \(bounds.upperBound)"
        case .text(let rule): rule.expectation
        case .choice(let texts):
            texts.count == 1
                ? "\"\(texts[0])\"" : "one of \(texts.map { "\"\($0)\"" }.joined(separator: ", "))"
        case .array(_, let counts):
            "an array of \(counts.lowerBound) to \(counts.upperBound) elements"
        case .object, .map: "an object"
        case .nullable(let schema): "\(schema.expectation) or null"
        case .either(let schemas): schemas.map(\.expectation).joined(separator: ", or ")
        }
    }
}
