import Identifiers
import Synchronization

/// The feeds of the workers at work, by flow.
///
/// A feed is a convenience: whoever comes later finds everything in the database.
final class FeedBoard: Sendable {
    private let feeds = Mutex<[FlowID: FlowFeed]>([:])

    /// Puts up a worker's feed; one it had before ends.
    func open(_ feed: FlowFeed, of flow: FlowID) {
        let earlier = self.feeds.withLock { $0.updateValue(feed, forKey: flow) }
        earlier?.end()
    }

    /// Tells a flow's worker that there may be messages.
    func ring(_ flow: FlowID) { self.feed(of: flow)?.ring() }

    /// Tells a flow's worker to end.
    func stop(_ flow: FlowID) { self.feed(of: flow)?.stop() }

    /// Notes a durable report.
    func settled(_ execution: ExecutionID, of flow: FlowID, willRetry: Bool) {
        self.feed(of: flow)?.settled(execution, willRetry: willRetry)
    }

    /// Takes down the feed of a worker that is gone, and says what it was carrying.
    func close(_ flow: FlowID, of worker: WorkerID) -> ExecutionID? {
        let feed = self.feeds.withLock { feeds -> FlowFeed? in
            guard let feed = feeds[flow], feed.worker == worker else { return nil }
            feeds[flow] = nil
            return feed
        }
        feed?.end()
        return feed?.head
    }

    private func feed(of flow: FlowID) -> FlowFeed? { self.feeds.withLock { $0[flow] } }
}
