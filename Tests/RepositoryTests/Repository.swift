import Foundation

/// The source tree, as the tests of its shape read it.
enum Repository {
    /// The top of the checkout.
    static let top = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// A file of the checkout by its path from the top.
    struct SourceFile: CustomStringConvertible, Sendable {
        let path: String
        let text: String

        var description: String { self.path }
        var lines: [Substring] {
            self.text.split(separator: "\n", omittingEmptySubsequences: false)
        }
        var name: String { String(self.path.split(separator: "/").last ?? "") }

        /// The modules the file imports.
        var imports: [String] {
            self.lines.compactMap { line in
                let words = line.split(separator: " ").drop { word in
                    ["public", "package", "internal", "private", "@testable"].contains(word)
                }
                guard words.first == "import", words.count > 1 else { return nil }
                let module = words.dropFirst().first { word in
                    !["struct", "enum", "class", "protocol", "func"].contains(word)
                }
                return module.map { String($0.prefix { $0 != "." }) }
            }
        }
    }

    /// All Swift files below a folder, in order of their paths.
    static func swiftFiles(below folder: String) -> [SourceFile] {
        let root = self.top.appending(path: folder)
        let paths = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String }
        return (paths ?? []).filter { path in
            path.hasSuffix(".swift") && !path.contains(".build")
        }.sorted().compactMap { path in
            guard
                let text = try? String(
                    contentsOf: root.appending(path: path), encoding: .utf8)
            else { return nil }
            return SourceFile(path: "\(folder)/\(path)", text: text)
        }
    }

    /// The names of the services, from their folders.
    static let services = ["Identity", "Contracts", "FlowRuntime", "DeletionOrchestrator"]
}
