/// One server-sent event (WHATWG HTML, section 9.2).
public struct ServerEvent: Hashable, Sendable {
    /// What a client that lost the connection sends back as `Last-Event-ID`.
    public var id: String?
    /// The kind; `nil` means `message`.
    public var name: String?
    /// The content, of any number of lines.
    public var data: String

    /// The comment that keeps a silent connection open.
    static let heartbeat = Array(":\n\n".utf8)

    /// Makes an event. Line breaks in `id` and `name` are dropped: the format cannot carry them.
    public init(id: String? = nil, name: String? = nil, data: String) {
        self.id = id
        self.name = name
        self.data = data
    }

    /// The event on the wire.
    var bytes: [UInt8] {
        var text = ""
        if let id = self.id { text += "id: \(Self.oneLine(id))\n" }
        if let name = self.name { text += "event: \(Self.oneLine(name))\n" }
        // "\r\n" is one Character, so the three line ends of the format are each one separator.
        for line in self.data.split(omittingEmptySubsequences: false, whereSeparator: Self.isEnd) {
            text += "data: \(line)\n"
        }
        return Array((text + "\n").utf8)
    }

    private static func isEnd(_ character: Character) -> Bool {
        character == "\n" || character == "\r" || character == "\r\n"
    }

    private static func oneLine(_ text: String) -> String {
        text.filter { !self.isEnd($0) && $0 != "\0" }
    }
}
