/// A text that must not be seen: it prints as `[redacted]` wherever it is put.
///
/// Descriptions, reflection and log metadata show nothing of it. Only ``reveal()`` gives it away,
/// so that every place that does can be found. It is deliberately not `Codable`.
public struct Secret: Hashable, Sendable {
    private let text: String

    /// Wraps a text.
    public init(_ text: String) { self.text = text }

    /// The text itself.
    public func reveal() -> String { self.text }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// `[redacted]`
    public var description: String { "[redacted]" }
    /// `[redacted]`
    public var debugDescription: String { "[redacted]" }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
