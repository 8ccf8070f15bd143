import CBOR
import RPC

/// A difference between two descriptions of a service.
struct SchemaChange: Hashable, CustomStringConvertible {
    /// Whether peers that know only the other description can go on.
    ///
    /// Services are deployed one after another and taken back again, so old and new meet in both
    /// roles: a change is safe only if each reads what the other writes. The exceptions are what
    /// callers begin to send only when they are deployed after the service: a new word, case or
    /// wider number in a request.
    var isBreaking: Bool
    /// The place, for example `Authorize request.scope`.
    var place: String
    /// What happened to it.
    var what: String

    var description: String {
        "\(self.isBreaking ? "BREAKING" : "safe") \(self.place): \(self.what)"
    }

    /// All differences, in the order of the old description.
    static func all(
        from old: DescribeService.Reply, to new: DescribeService.Reply
    ) -> [SchemaChange] {
        var comparison = SchemaComparison(old: old, new: new)
        comparison.compareMethods()
        return comparison.changes
    }
}

/// Walks two descriptions of a service side by side, from the methods down.
///
/// Names of types are not on the wire, so types are compared by what they look like.
struct SchemaComparison {
    private struct Pair: Hashable {
        let old: String
        let new: String
        let isRequest: Bool
    }

    private let oldMethods: [RPCMethodShape]
    private let newMethods: [RPCMethodShape]
    private let oldTypes: [String: CBORTypeShape.Body]
    private let newTypes: [String: CBORTypeShape.Body]
    private var compared: Set<Pair> = []
    private(set) var changes: [SchemaChange] = []

    init(old: DescribeService.Reply, new: DescribeService.Reply) {
        func bodies(_ types: [CBORTypeShape]) -> [String: CBORTypeShape.Body] {
            Dictionary(types.map { ($0.name, $0.body) }) { first, _ in first }
        }
        (self.oldMethods, self.newMethods) = (old.methods, new.methods)
        (self.oldTypes, self.newTypes) = (bodies(old.types), bodies(new.types))
    }

    private mutating func note(_ isBreaking: Bool, _ place: String, _ what: String) {
        self.changes.append(SchemaChange(isBreaking: isBreaking, place: place, what: what))
    }

    mutating func compareMethods() {
        for old in self.oldMethods {
            let name = old.method.name
            guard let new = self.newMethods.first(where: { $0.method.name == name }) else {
                self.note(true, name, "the method was removed")
                continue
            }
            self.compare(old.method, new.method)
            self.compare(old.request, new.request, "\(name) request", isRequest: true)
            self.compare(old.reply, new.reply, "\(name) reply", isRequest: false)
            if let oldElement = old.requestElement, let newElement = new.requestElement {
                self.compare(oldElement, newElement, "\(name) element", isRequest: true)
            }
        }
        for new in self.newMethods
        where !self.oldMethods.contains(where: {
            $0.method.name == new.method.name
        }) { self.note(false, new.method.name, "the method was added") }
    }

    private mutating func compare(_ old: RPCMethodDeclaration, _ new: RPCMethodDeclaration) {
        if old.kind != new.kind {
            self.note(
                true, old.name, "was \(old.kind.rawValue) and is \(new.kind.rawValue) now")
        }
        let order: [Repetition] = [.safe, .idempotent, .unsafe]
        guard let before = order.firstIndex(of: old.repetition),
            let now = order.firstIndex(of: new.repetition), before != now
        else { return }
        self.note(
            now > before, old.name,
            "was .\(old.repetition) and is .\(new.repetition) now"
                + (now > before ? ": callers that do not know may repeat it" : ""))
    }

    private mutating func compare(
        _ old: CBORShape, _ new: CBORShape, _ place: String, isRequest: Bool
    ) {
        switch (old, new) {
        case (.array(let old), .array(let new)):
            self.compare(old, new, "\(place)[]", isRequest: isRequest)
        case (.map(let oldKey, let oldValue), .map(let newKey, let newValue)):
            self.compare(oldKey, newKey, "\(place) key", isRequest: isRequest)
            self.compare(oldValue, newValue, "\(place){}", isRequest: isRequest)
        case (.optional(let old), .optional(let new)):
            self.compare(old, new, place, isRequest: isRequest)
        case (.integer(let old), .integer(let new)) where old < new,
            (.unsigned(let old), .unsigned(let new)) where old < new:
            self.note(!isRequest, place, "a number of \(old) bits has \(new) now")
        case (.named(let oldName), .named(let newName)):
            let pair = Pair(old: oldName, new: newName, isRequest: isRequest)
            guard self.compared.insert(pair).inserted, let old = self.oldTypes[oldName],
                let new = self.newTypes[newName]
            else { return }
            self.compare(old, new, place, isRequest: isRequest)
        default:
            if old != new { self.note(true, place, "was \(old) and is \(new) now") }
        }
    }

    private mutating func compare(
        _ old: CBORTypeShape.Body, _ new: CBORTypeShape.Body, _ place: String, isRequest: Bool
    ) {
        switch (old, new) {
        case (.record(let old), .record(let new)):
            self.compare(old, new, place, isRequest: isRequest)
        case (.choice(let old), .choice(let new)):
            self.compareNames(old.map(\.name), new.map(\.name), place, "case", isRequest)
            for choice in old {
                guard let same = new.first(where: { $0.name == choice.name }) else { continue }
                self.compare(
                    choice.fields, same.fields, "\(place).\(choice.name)", isRequest: isRequest)
            }
        case (.words(let old), .words(let new)):
            self.compareNames(old, new, place, "word", isRequest)
        case (.numbers(let old), .numbers(let new)):
            self.compareNames(
                old.map { "\($0.value)" }, new.map { "\($0.value)" }, place, "number", isRequest)
        case (.alias(let oldShape, let oldPattern), .alias(let newShape, let newPattern)):
            self.compare(oldShape, newShape, place, isRequest: isRequest)
            if oldPattern != newPattern {
                self.note(true, place, "matched '\(oldPattern)' and matches '\(newPattern)' now")
            }
        default: self.note(true, place, "is another kind of type now")
        }
    }

    private mutating func compare(
        _ old: [CBORTypeShape.Field], _ new: [CBORTypeShape.Field], _ place: String,
        isRequest: Bool
    ) {
        for field in old {
            let here = "\(place).\(field.name)"
            guard let same = new.first(where: { $0.key == field.key }) else {
                self.note(true, here, "the field with key \(field.key) was removed")
                continue
            }
            if same.name != field.name {
                self.note(
                    false, here,
                    "key \(field.key) is called '\(same.name)' now; it must mean the same")
            }
            if field.isOptional != same.isOptional {
                self.note(
                    true, here,
                    same.isOptional
                        ? "is optional now, and was required"
                        : "is required now, and was optional")
            }
            self.compare(field.shape, same.shape, here, isRequest: isRequest)
        }
        for field in new where !old.contains(where: { $0.key == field.key }) {
            self.note(
                !field.isOptional, "\(place).\(field.name)",
                "\(field.isOptional ? "an optional" : "a required") field was added")
        }
    }

    /// Compares the things that a value is one of.
    private mutating func compareNames(
        _ old: [String], _ new: [String], _ place: String, _ noun: String, _ isRequest: Bool
    ) {
        for name in old where !new.contains(name) {
            self.note(true, place, "the \(noun) '\(name)' was removed")
        }
        for name in new where !old.contains(name) {
            self.note(
                !isRequest, place,
                "the \(noun) '\(name)' was added"
                    + (isRequest
                        ? "; deploy the service before its callers"
                        : ", which callers that do not know it cannot read"))
        }
    }
}
