import Foundation
import Testing

/// The examples of `CallingWithOtherClients.md`, each with what the page says it prints.
enum OtherClientsPage {
    struct Snippet: Sendable, CustomTestStringConvertible {
        /// `bash` or `python`.
        let language: String
        let code: String
        /// What the page says it prints.
        let output: String
        let line: Int

        var testDescription: String { "\(self.language), line \(self.line)" }
    }

    private struct Block {
        let language: String
        let text: String
        let line: Int
    }

    /// Every example, in order.
    static let snippets: [Snippet] = {
        let blocks = Self.blocks
        return zip(blocks, blocks.dropFirst()).compactMap { block, next in
            block.language == "text"
                ? nil
                : Snippet(
                    language: block.language, code: block.text,
                    output: next.language == "text" ? next.text : "", line: block.line)
        }
    }()

    private static let blocks: [Block] = {
        let file = URL(filePath: #filePath).appending(
            path: "../../../../Shared/RPCOverHTTP2/RPCOverHTTP2.docc/CallingWithOtherClients.md"
        ).standardizedFileURL
        guard let page = try? String(contentsOf: file, encoding: .utf8) else { return [] }
        var blocks: [Block] = []
        var open: (language: String, lines: [Substring], start: Int)?
        for (index, line) in page.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            if line.hasPrefix("```"), let block = open {
                let text = block.lines.map { "\($0)\n" }.joined()
                blocks.append(Block(language: block.language, text: text, line: block.start))
                open = nil
            } else if line.hasPrefix("```") {
                open = (String(line.dropFirst(3)), [], index + 1)
            } else {
                open?.lines.append(line)
            }
        }
        return blocks
    }()
}
