/// Why a text is not the JSON that is accepted, and where.
public struct JSONError: Error, Hashable, Sendable {
    /// What is wrong, without the place.
    public let problem: String
    /// Bytes before the place.
    public let offset: Int
    /// The place's line, from 1.
    public let line: Int
    /// The place's column in bytes, from 1.
    public let column: Int

    init(_ problem: String, at offset: Int, in bytes: [UInt8]) {
        self.problem = problem
        self.offset = offset
        let before = bytes.prefix(offset)
        self.line = 1 + before.count { $0 == UInt8(ascii: "\n") }
        let lineStart = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        self.column = 1 + offset - lineStart
    }
}

extension JSONError: CustomStringConvertible {
    public var description: String {
        "line \(self.line), column \(self.column) (byte \(self.offset)): \(self.problem)"
    }
}
