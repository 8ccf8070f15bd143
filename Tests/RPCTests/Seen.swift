import RPC
import Synchronization

/// Remembers the last context a handler ran in.
final class Seen: Sendable {
    private let context = Mutex<CallContext?>(nil)

    var value: CallContext? { self.context.withLock { $0 } }

    func set(_ context: CallContext) { self.context.withLock { $0 = context } }
}

/// A carrier that fails as told, then succeeds.
final class FailingCarrier: Sendable {
    private let failures: Mutex<[any Error]>
    private let contexts = Mutex<[CallContext]>([])
    private let answer: [UInt8]

    init(_ failures: [any Error], then answer: [UInt8]) {
        self.failures = Mutex(failures)
        self.answer = answer
    }

    var attempts: [CallContext] { self.contexts.withLock { $0 } }

    var carry: Carry {
        { call in
            self.contexts.withLock { $0.append(call.context) }
            let failure = self.failures.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            if let failure { throw failure }
            return .message(self.answer)
        }
    }
}
