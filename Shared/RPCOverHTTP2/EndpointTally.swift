import HTTP2
import RPC
import Synchronization

/// What an endpoint's calls came to, counted without a lock.
final class EndpointTally: Sendable {
    private let successes = Atomic(0)
    private let failures = Atomic(0)
    private let consecutive = Atomic(0)

    func succeeded() {
        self.successes.wrappingAdd(1, ordering: .relaxed)
        if self.consecutive.load(ordering: .relaxed) != 0 {
            self.consecutive.store(0, ordering: .relaxed)
        }
    }

    /// Counts a failure; returns how many there were one after another.
    func failed(isTelling: Bool) -> Int {
        self.failures.wrappingAdd(1, ordering: .relaxed)
        guard isTelling else { return 0 }
        return self.consecutive.wrappingAdd(1, ordering: .relaxed).newValue
    }

    /// Ends an interval: what was counted in it.
    func take() -> OutlierEjector.Tally {
        OutlierEjector.Tally(
            successes: self.successes.exchange(0, ordering: .relaxed),
            failures: self.failures.exchange(0, ordering: .relaxed))
    }

    /// Forgets what was counted: the endpoint begins anew.
    func clear() {
        _ = self.take()
        self.consecutive.store(0, ordering: .relaxed)
    }
}

/// What the end of a call says about the endpoint it went to.
enum EndpointVerdict: Hashable, Sendable {
    /// It works: it answered, be it with a refusal.
    case works
    /// It is broken.
    case broken
    /// It may be broken, or the call was bad: telling only in comparison with other endpoints.
    case suspect
    /// Nothing.
    case nothing

    /// Reads a call's failure, as the carrier meets it.
    init(_ error: any Error) {
        switch error {
        case HTTP2ClientError.connectionLost: self = .broken
        case HTTP2ClientError.reset(let code):
            // CANCEL and ENHANCE_YOUR_CALM (RFC 9113 section 7) are not a fault.
            self = code == 0x8 || code == 0xb ? .nothing : .broken
        case HTTP2ClientError.timedOut: self = .suspect
        // It ends, or is full: it says so itself, and the call goes elsewhere.
        case HTTP2ClientError.notProcessed: self = .nothing
        case HTTP2ClientError.responseTooLarge: self = .works
        case let error as RPCError: self = Self(error)
        default: self = .nothing
        }
    }

    private init(_ error: RPCError) {
        switch error.code {
        // With a wait it sheds load: passing it over would shift the load to the others.
        case .unavailable: self = error.retryPushbackMilliseconds == nil ? .broken : .nothing
        case .internal, .unknown, .dataLoss, .deadlineExceeded: self = .suspect
        case .canceled: self = .nothing
        default: self = .works
        }
    }
}
