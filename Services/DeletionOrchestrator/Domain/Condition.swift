/// Why lifecycle work waits, in stable words.
package enum Condition: Hashable, Sendable {
    /// The service does not answer, or has too much to do.
    case serviceUnreachable(Participant)
    /// The service answers with an error of this code.
    case serviceRefused(Participant, code: String)
    /// The service's gate does not take the command: it remembers another one.
    case gateDisagrees(Participant, answer: String)
    /// Workers have been told to stop and have not ended.
    case workersRemaining(Int)
    /// A sweep found rows of a kind that was erased.
    case kindRemaining(String, Int)
    /// Nothing has moved for five minutes.
    case noProgress

    /// The condition as it is stored and shown: `ServiceUnreachable(flow-runtime)`.
    package var text: String {
        switch self {
        case .serviceUnreachable(let service): "ServiceUnreachable(\(service.rawValue))"
        case .serviceRefused(let service, let code): "ServiceRefused(\(service.rawValue), \(code))"
        case .gateDisagrees(let service, let answer):
            "GateDisagrees(\(service.rawValue), \(answer))"
        case .workersRemaining(let count): "WorkersRemaining(\(count))"
        case .kindRemaining(let kind, let count): "KindRemaining(\(kind), \(count))"
        case .noProgress: "NoProgress"
        }
    }

    /// Reads ``text``.
    package init?(_ text: String) {
        guard text.hasSuffix(")"), let open = text.firstIndex(of: "(") else {
            guard text == Self.noProgress.text else { return nil }
            self = .noProgress
            return
        }
        let inner = text[text.index(after: open)...].dropLast()
        let words = inner.split(separator: ",").map { String($0.drop { $0 == " " }) }
        guard let first = words.first, let last = words.last else { return nil }
        switch (text[..<open], words.count) {
        case ("ServiceUnreachable", 1):
            guard let service = Participant(rawValue: first) else { return nil }
            self = .serviceUnreachable(service)
        case ("ServiceRefused", 2):
            guard let service = Participant(rawValue: first) else { return nil }
            self = .serviceRefused(service, code: last)
        case ("GateDisagrees", 2):
            guard let service = Participant(rawValue: first) else { return nil }
            self = .gateDisagrees(service, answer: last)
        case ("WorkersRemaining", 1):
            guard let count = Int(first) else { return nil }
            self = .workersRemaining(count)
        case ("KindRemaining", 2):
            guard let count = Int(last) else { return nil }
            self = .kindRemaining(first, count)
        default: return nil
        }
    }
}
