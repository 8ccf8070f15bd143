/// A message that leaves with the transaction that caused it.
///
/// A message says how things are, not what changed: of the messages to one destination with one key
/// only the one with the newest epoch is sent. A message that must not be replaced has a key of its
/// own, for example an identifier, and epoch 0.
public struct OutboxMessage: Hashable, Sendable {
    /// Who gets it, in the sender's own words: it chooses the client to send by.
    public var destination: String
    /// What it is about, for example a contract's identifier.
    public var key: String
    /// The version of what it is about; never negative.
    public var epoch: Int64
    /// What kind of message it is: it chooses how `payload` is read.
    public var kind: String
    /// The message, encoded by the sender.
    public var payload: [UInt8]

    /// Makes a message.
    public init(destination: String, key: String, epoch: Int64, kind: String, payload: [UInt8]) {
        self.destination = destination
        self.key = key
        self.epoch = epoch
        self.kind = kind
        self.payload = payload
    }
}

/// A message on its way, with what happened to it so far.
public struct OutboxEntry: Hashable, Sendable {
    /// The number of the message's place in the outbox.
    let sequence: Int64
    /// The message.
    public let message: OutboxMessage
    /// How often sending it failed.
    public let attempts: Int
    /// When it was put into the outbox, in milliseconds since 1970.
    public let enqueuedAt: Int64
    /// When it is tried next, in milliseconds since 1970.
    public let nextAttemptAt: Int64
    /// Why the last attempt failed; `nil` before the first failure.
    public let lastError: String?

    static let columns = """
        sequence, destination, message_key, epoch, kind, payload, attempts, enqueued_at,
        next_attempt_at, last_error
        """

    init(_ row: SQLRow) throws(StorageError) {
        self.sequence = try row.int64("sequence")
        self.message = OutboxMessage(
            destination: try row.text("destination"), key: try row.text("message_key"),
            epoch: try row.int64("epoch"), kind: try row.text("kind"),
            payload: try row.blob("payload"))
        self.attempts = try row.int("attempts")
        self.enqueuedAt = try row.int64("enqueued_at")
        self.nextAttemptAt = try row.int64("next_attempt_at")
        self.lastError = try row.optionalText("last_error")
    }
}
