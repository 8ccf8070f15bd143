import Synchronization

/// What is said beside a message: names and values, in order.
///
/// A name is a lower-case token (RFC 9110 section 5.6.2) and may occur more than once. Names that
/// begin with `rpc-`, and those that HTTP or this protocol gives a meaning, are not to be had. A name
/// that ends in `-bin` has bytes for its value, any other printable ASCII text. It is checked when it
/// is sent and when it is received: ``RPCLimits/metadataBytesMax`` in all.
public struct RPCMetadata: Hashable, Sendable {
    /// One name and its value.
    public struct Entry: Hashable, Sendable {
        /// The name.
        public let name: String
        /// The value.
        public let value: Content
    }

    /// A value.
    public enum Content: Hashable, Sendable {
        /// Printable ASCII, without spaces at its ends.
        case text(String)
        /// Any bytes, under a name that ends in `-bin`.
        case bytes([UInt8])
    }

    /// The entries, in the order they were sent.
    public private(set) var entries: [Entry] = []

    /// Says nothing.
    public init() {}

    /// Whether nothing is said.
    public var isEmpty: Bool { self.entries.isEmpty }

    /// Appends a text.
    public mutating func append(_ name: String, _ text: String) {
        self.entries.append(Entry(name: name, value: .text(text)))
    }

    /// Appends bytes; the name has to end in `-bin`.
    public mutating func append(_ name: String, _ bytes: [UInt8]) {
        self.entries.append(Entry(name: name, value: .bytes(bytes)))
    }

    /// Appends everything that `other` says.
    public mutating func append(contentsOf other: RPCMetadata) {
        self.entries.append(contentsOf: other.entries)
    }

    /// The first text of this name.
    public func first(_ name: String) -> String? { self.texts(name).first }

    /// Every text of this name.
    public func texts(_ name: String) -> [String] {
        self.entries.compactMap { entry in
            guard entry.name == name, case .text(let text) = entry.value else { return nil }
            return text
        }
    }

    /// Every value of this name that is bytes.
    public func bytes(_ name: String) -> [[UInt8]] {
        self.entries.compactMap { entry in
            guard entry.name == name, case .bytes(let bytes) = entry.value else { return nil }
            return bytes
        }
    }
}

extension RPCMetadata: ExpressibleByDictionaryLiteral {
    /// Texts in the order written; a name may occur more than once.
    public init(dictionaryLiteral entries: (String, String)...) {
        for (name, text) in entries { self.append(name, text) }
    }
}

/// What a handler says beside its answer.
///
/// Given to handlers that ask for it. A unary answer has one head, in which both parts arrive
/// together; of a streamed answer, what leads goes before the first element and what trails after
/// the last. Metadata that may not be sent makes the answer `internal`.
public final class RPCAnswerMetadata: Sendable {
    private let state = Mutex((leading: RPCMetadata(), trailing: RPCMetadata()))

    init() {}

    /// What goes before the answer; of a stream, set before the handler returns.
    public var leading: RPCMetadata {
        get { self.state.withLock { $0.leading } }
        set { self.state.withLock { $0.leading = newValue } }
    }

    /// What goes after the answer; of a stream, until its last element has been given.
    public var trailing: RPCMetadata {
        get { self.state.withLock { $0.trailing } }
        set { self.state.withLock { $0.trailing = newValue } }
    }

    /// Both parts, for an answer with one head.
    var whole: RPCMetadata {
        self.state.withLock { state in
            var whole = state.leading
            whole.append(contentsOf: state.trailing)
            return whole
        }
    }
}
