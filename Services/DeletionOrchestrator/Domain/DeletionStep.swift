/// What a deletion knows of one kind at one service.
package struct DeletionStep: Hashable, Sendable {
    /// The service that holds the rows.
    package var service: Participant
    /// The kind, by the service's name for it.
    package var kind: String
    /// Rows there were: erased and remaining.
    package var found: Int
    /// Rows erased.
    package var deleted: Int
    /// Rows left by the newest count, less what was erased since.
    package var remaining: Int
    /// The number of the next chunk.
    package var chunk: Int
    /// Whether the service said that nothing is left to erase.
    package var isDone: Bool
    /// How often a sweep found rows after the service had said so.
    package var reopened: Int

    package init(
        service: Participant, kind: String, found: Int = 0, deleted: Int = 0, remaining: Int = 0,
        chunk: Int = 0, isDone: Bool = false, reopened: Int = 0
    ) {
        self.service = service
        self.kind = kind
        self.found = found
        self.deleted = deleted
        self.remaining = remaining
        self.chunk = chunk
        self.isDone = isDone
        self.reopened = reopened
    }

    /// A chunk erased rows.
    mutating func erased(_ rows: Int, isLast: Bool) {
        self.chunk += 1
        self.deleted += rows
        self.remaining = max(0, self.remaining - rows)
        self.found = max(self.found, self.deleted)
        self.isDone = isLast
    }

    /// The first count, after the gates were closed.
    mutating func surveyed(_ rows: Int) {
        self.found = rows
        self.remaining = rows
        self.isDone = rows == 0 || !Participant.purged.contains(self.service)
    }

    /// A sweep counted.
    mutating func swept(_ rows: Int) {
        self.remaining = rows
        guard rows > 0 else { return }
        self.found = self.deleted + rows
        self.isDone = !Participant.purged.contains(self.service)
        self.reopened += 1
    }
}
