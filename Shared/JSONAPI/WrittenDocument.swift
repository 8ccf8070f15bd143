/// A document with its JSON text, which is written once and sent often.
public struct WrittenDocument: Sendable {
    /// The document.
    public let document: Document
    /// Its JSON text in UTF-8.
    public let bytes: [UInt8]

    /// Writes a document.
    public init(_ document: Document) {
        self.document = document
        self.bytes = document.bytes()
    }
}
