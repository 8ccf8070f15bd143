// Messages are written with `@Message`, whose code calls the coder: API rooms see it through RPC.
@_exported public import CBOR

/// A service: a name on the wire and the list of what it can be asked.
///
/// Conform an enum without cases. The name carries a version (`contracts.v1`) and is never reused.
public protocol RPCService: Sendable {
    /// The service's name in paths: letters, digits, `_` and `.`, with its version.
    static var name: String { get }
    /// Every method, once: the table of contents that the router, reflection and tests read.
    static var methods: [RPCMethodDeclaration] { get }
}

/// A request that has one reply.
///
/// The request type *is* the method: its stored properties are what is asked, its `Reply` what may
/// be answered. Sent by value in CBOR, coded by `@Message`; fields are only ever added, and only as
/// optionals.
public protocol RPCMethod: CBORMessage, Sendable {
    /// The service that answers.
    associatedtype Service: RPCService
    /// What is answered.
    associatedtype Reply: CBORMessage & Sendable
    /// The method's name in paths. Never defaulted, never reused.
    static var name: String { get }
    /// Whether the call may be made again.
    static var repetition: Repetition { get }
}

/// A request that is answered with a stream of elements.
public protocol RPCStreamMethod: CBORMessage, Sendable {
    /// The service that answers.
    associatedtype Service: RPCService
    /// One item of the answer.
    associatedtype Element: CBORMessage & Sendable
    /// The method's name in paths. Never defaulted, never reused.
    static var name: String { get }
    /// Whether the call may be made again from its beginning.
    static var repetition: Repetition { get }
}

/// A request that is followed by a stream of elements and answered once.
///
/// The request is the first message on the wire: what the elements are for, sent before any of them.
/// A call whose elements have begun to flow is never repeated, whatever its repetition.
public protocol RPCClientStreamMethod: CBORMessage, Sendable {
    /// The service that answers.
    associatedtype Service: RPCService
    /// One item of what is sent after the request.
    associatedtype RequestElement: CBORMessage & Sendable
    /// What is answered.
    associatedtype Reply: CBORMessage & Sendable
    /// The method's name in paths. Never defaulted, never reused.
    static var name: String { get }
    /// Whether the call may be made again.
    static var repetition: Repetition { get }
}

/// A request that is followed by a stream of elements, and answered with a stream meanwhile.
///
/// The request is the first message on the wire, and the streams are independent of each other:
/// either may end first. A call whose elements have begun to flow is never repeated.
public protocol RPCBidirectionalMethod: CBORMessage, Sendable {
    /// The service that answers.
    associatedtype Service: RPCService
    /// One item of what is sent after the request.
    associatedtype RequestElement: CBORMessage & Sendable
    /// One item of the answer.
    associatedtype Element: CBORMessage & Sendable
    /// The method's name in paths. Never defaulted, never reused.
    static var name: String { get }
    /// Whether the call may be made again.
    static var repetition: Repetition { get }
}

/// Whether a call may be made again when it is not known whether it was carried out.
@Message
public enum Repetition: String, Codable, Hashable, Sendable {
    /// Changes nothing: may be repeated, hedged and sent as a GET.
    case safe
    /// Twice is the same as once: may be repeated.
    case idempotent
    /// Only repeated when the first attempt provably was not carried out.
    case unsafe
}
