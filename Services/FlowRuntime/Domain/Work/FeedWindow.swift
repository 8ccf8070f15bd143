package import Identifiers

/// Which messages a worker has been handed and has not reported on: at most so many, in order.
///
/// A message that is to be carried again takes those behind it back, so that order is kept.
package struct FeedWindow: Hashable, Sendable {
    /// A message as the window knows it.
    package struct Item: Hashable, Sendable {
        package var sequence: Int64
        package var execution: ExecutionID
        package var bytes: Int
        package var dueAt: Int64

        package init(sequence: Int64, execution: ExecutionID, bytes: Int, dueAt: Int64) {
            self.sequence = sequence
            self.execution = execution
            self.bytes = bytes
            self.dueAt = dueAt
        }
    }

    /// What to look for in the queue.
    package struct Request: Hashable, Sendable {
        /// Messages behind this place in the order.
        package var after: Int64
        /// How many at most.
        package var limit: Int

        package init(after: Int64, limit: Int) {
            self.after = after
            self.limit = limit
        }
    }

    /// What became of messages that were found.
    package enum Grant: Hashable, Sendable {
        /// The first so many are handed out; 0 means that there is nothing to do yet.
        case handOut(Int)
        /// The first is not to be carried before this time.
        case notBefore(Int64)
        /// The window changed meanwhile: look again.
        case lookAgain
    }

    private var handedOut: [Item] = []
    /// The last message handed out; those behind it come next.
    private var last: Int64 = 0

    package init() {}

    /// The message being carried, or to be carried next, of those handed out.
    package var head: ExecutionID? { self.handedOut.first?.execution }

    /// What to look for; `nil` when the window is full.
    package var request: Request? {
        let count = FlowLimits.handedOutMax - self.handedOut.count
        let bytes = self.handedOut.reduce(0) { $0 + $1.bytes }
        guard count > 0, bytes < FlowLimits.handedOutBytesMax else { return nil }
        return Request(after: self.last, limit: count)
    }

    /// Decides about messages found for a request.
    package mutating func grant(_ found: [Item], for request: Request, now: Int64) -> Grant {
        guard request.after == self.last, let current = self.request,
            request.limit <= current.limit
        else { return .lookAgain }
        guard let first = found.first else { return .handOut(0) }
        guard first.dueAt <= now else { return .notBefore(first.dueAt) }
        var bytes = self.handedOut.reduce(0) { $0 + $1.bytes }
        let granted = found.prefix { item in
            guard item.dueAt <= now, bytes < FlowLimits.handedOutBytesMax else { return false }
            bytes += item.bytes
            return true
        }
        self.handedOut += granted
        self.last = granted.last?.sequence ?? self.last
        return .handOut(granted.count)
    }

    /// A message is done with.
    package mutating func settle(_ execution: ExecutionID) {
        self.handedOut.removeAll { $0.execution == execution }
    }

    /// A message will be carried again: it and those behind it are handed out anew.
    package mutating func takeBack(from execution: ExecutionID) {
        guard let index = self.handedOut.firstIndex(where: { $0.execution == execution }) else {
            return
        }
        self.last = self.handedOut[index].sequence - 1
        self.handedOut.removeSubrange(index...)
    }
}
