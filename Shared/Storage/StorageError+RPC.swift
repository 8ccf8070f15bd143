public import RPC

extension StorageError: RPCErrorConvertible {
    /// The error as a peer may see it: the code translated, table and column names left out.
    public var rpcError: RPCError {
        switch self.code {
        case .busy:
            RPCError(
                .resourceExhausted, "the store has too much to do",
                retryPushbackMilliseconds: StorageLimits.busyPushbackMilliseconds)
        case .full: RPCError(.unavailable, "the store is full")
        case .io: RPCError(.unavailable, "the store's disk failed")
        case .closed: RPCError(.unavailable, "the store is closed")
        case .locked: RPCError(.unavailable, "the store is open elsewhere")
        case .constraintUnique: RPCError(.alreadyExists, "it exists already")
        case .constraintForeignKey:
            RPCError(.failedPrecondition, "something it refers to is missing or still in use")
        case .conflict:
            RPCError(.alreadyExists, "the request's id was used before with other content")
        case .notFound: RPCError(.notFound, "it does not exist")
        case .fenced: RPCError(.aborted, "another owner has taken over")
        case .tooSlow: RPCError(.deadlineExceeded, "the read took too long")
        case .corrupt: RPCError(.dataLoss, "stored data is damaged")
        case .outcomeUnknown:
            RPCError(.unknown, "the store failed; it may or may not have been carried out")
        case .constraintCheck, .constraintNotNull, .constraintType, .migration, .misuse:
            RPCError(.internal, "internal error")
        }
    }
}
