import JSONAPI
import Synchronization

/// A document that is written when it is first asked for.
final class WrittenOnce: Sendable {
    private let written = Mutex<WrittenDocument?>(nil)

    /// The document: what was written before, or `document` written now.
    func callAsFunction(_ document: @autoclosure () -> Document) -> WrittenDocument {
        self.written.withLock { written in
            if let written { return written }
            let new = WrittenDocument(document())
            written = new
            return new
        }
    }
}
