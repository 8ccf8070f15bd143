import CBOR
import RPC
import Testing

@Suite("Everything an API room says is a message")
struct MessageCoverageTests {
    /// The folders whose `Codable` types cross the wire.
    static let folders =
        Repository.services.map { "Services/\($0)/API" } + ["Shared/ContractLifecycle"]

    @Test("every type that is coded has generated coding", arguments: Self.folders)
    func isGenerated(folder: String) {
        for file in Repository.swiftFiles(below: folder) {
            for (line, next) in zip([""] + file.lines, file.lines) where self.declaresCoded(next) {
                #expect(
                    line.hasSuffix("@Message"), "write @Message above: \(file.path): \(next)")
            }
        }
    }

    @Test("every message is part of a method, so that it is compared", arguments: Self.folders)
    func isReached(folder: String) {
        var book = CBORShapeBook()
        for messages in Services.methods.values.joined().compactMap(\.messages) {
            _ = messages.request.cborShape(in: &book)
            _ = messages.reply.cborShape(in: &book)
            _ = messages.requestElement?.cborShape(in: &book)
        }
        let reached = Set(book.types.keys.flatMap { $0.split(separator: ".").suffix(1) })
        for file in Repository.swiftFiles(below: folder) {
            for (line, next) in zip([""] + file.lines, file.lines) where line.hasSuffix("@Message")
            {
                let name =
                    next.split { !$0.isLetter && !$0.isNumber }
                    .drop { ["public", "indirect", "struct", "enum"].contains($0) }.first ?? ""
                #expect(reached.contains(name), "no method uses \(name) of \(file.path)")
            }
        }
    }

    private func declaresCoded(_ line: Substring) -> Bool {
        let words = line.split { !$0.isLetter && !$0.isNumber }
        return (words.contains("struct") || words.contains("enum")) && !words.contains("CodingKeys")
            && line.contains(": ")
            && ["Codable", "RPCMethod", "RPCStreamMethod"].contains { words.contains($0) }
    }
}
