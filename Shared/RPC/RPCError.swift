/// The one error that crosses the wire between services.
///
/// The message is for the people who run the services; it never carries secrets or personal data.
/// A handler that throws anything else is answered with `internal` and nothing more.
public struct RPCError: Error, Hashable, Sendable {
    /// What the caller should do.
    public var code: Code
    /// What went wrong, for a person.
    public var message: String
    /// Machine-readable particulars, each with the name of its type.
    public var details: [Detail]
    /// How long to wait before trying again; negative means do not try again.
    public var retryPushbackMilliseconds: Int?
    /// What is said beside the error: headers of an error answer, trailing metadata of a stream.
    public var metadata: RPCMetadata

    /// Makes an error.
    public init(
        _ code: Code, _ message: String, details: [Detail] = [],
        retryPushbackMilliseconds: Int? = nil, metadata: RPCMetadata = RPCMetadata()
    ) {
        self.code = code
        self.message = message
        self.details = details
        self.retryPushbackMilliseconds = retryPushbackMilliseconds
        self.metadata = metadata
    }

    /// A machine-readable particular of an error.
    public struct Detail: Codable, Hashable, Sendable {
        /// The type's name, for example `contracts.v1.Blockers`.
        public var type: String
        /// The value, as CBOR.
        public var value: [UInt8]

        /// Makes a detail.
        public init(type: String, value: [UInt8]) {
            self.type = type
            self.value = value
        }
    }

    /// The kind of failure; the names are those of gRPC, the HTTP statuses those of Connect.
    public enum Code: String, Codable, CaseIterable, Hashable, Sendable {
        /// The caller gave up. Do nothing.
        case canceled
        /// Something failed and nobody said what. Report it.
        case unknown
        /// The request is malformed whatever the state of the system. Correct it.
        case invalidArgument = "invalid_argument"
        /// Time ran out; it may have been carried out. Repeat only what may be repeated.
        case deadlineExceeded = "deadline_exceeded"
        /// The thing asked for does not exist.
        case notFound = "not_found"
        /// The thing to be made exists already.
        case alreadyExists = "already_exists"
        /// The caller may not. Do not repeat.
        case permissionDenied = "permission_denied"
        /// A quota or limit is reached. Repeat after the pushback.
        case resourceExhausted = "resource_exhausted"
        /// The system is not in the state the call needs. Change the state first.
        case failedPrecondition = "failed_precondition"
        /// Lost against a concurrent change. Start again from reading.
        case aborted
        /// Beyond the end. Correct the position.
        case outOfRange = "out_of_range"
        /// The service has no such method. Deploy or correct the name.
        case unimplemented
        /// The service is broken. Report it.
        case `internal`
        /// The service cannot be reached or is not ready. Repeat the call.
        case unavailable
        /// Stored data is damaged. Stop and look.
        case dataLoss = "data_loss"
        /// The caller did not say who it is. Authenticate.
        case unauthenticated

        /// The HTTP status a unary answer with this code carries (Connect's table).
        public var httpStatus: Int {
            switch self {
            case .canceled: 499
            case .unknown, .internal, .dataLoss: 500
            case .invalidArgument, .failedPrecondition, .outOfRange: 400
            case .deadlineExceeded: 504
            case .notFound: 404
            case .alreadyExists, .aborted: 409
            case .permissionDenied: 403
            case .resourceExhausted: 429
            case .unimplemented: 501
            case .unavailable: 503
            case .unauthenticated: 401
            }
        }

        /// What an answer without `rpc-code` means: it was made by a proxy on the way.
        public init(statusFromProxy status: Int) {
            switch status {
            case 400: self = .internal
            case 401: self = .unauthenticated
            case 403: self = .permissionDenied
            case 404: self = .unimplemented
            case 429, 502, 503, 504: self = .unavailable
            default: self = .unknown
            }
        }
    }
}

extension RPCError: CustomStringConvertible {
    public var description: String { "\(self.code.rawValue): \(self.message)" }
}

/// An error that knows how to cross the wire.
public protocol RPCErrorConvertible: Error {
    /// The error as a peer may see it.
    var rpcError: RPCError { get }
}

extension RPCError: RPCErrorConvertible {
    public var rpcError: RPCError { self }
}

extension RPCError {
    /// The error as a peer may see it: itself, converted, `canceled`, or `internal` and nothing more.
    public init(crossing error: any Error) {
        if let convertible = error as? any RPCErrorConvertible {
            self = convertible.rpcError
        } else if error is CancellationError {
            self = RPCError(.canceled, "the call was cancelled")
        } else {
            self = RPCError(.internal, "internal error")
        }
    }
}
