import Foundation
import Testing

@Suite("The tree is tidy")
struct TidyTests {
    static let product =
        Repository.swiftFiles(below: "Shared") + Repository.swiftFiles(below: "Services")
    static let all = Self.product + Repository.swiftFiles(below: "Tests")

    @Test("the top level holds what it should and nothing else")
    func topLevel() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Repository.top.path)
        let shown = names.filter { !$0.hasPrefix(".") && $0 != "Package.resolved" }
        #expect(
            Set(shown) == ["Package.swift", "README.md", "Services", "Shared", "Tests", "deploy"])
    }

    @Test("the manifest stays short")
    func manifestLength() throws {
        let manifest = try String(
            contentsOf: Repository.top.appending(path: "Package.swift"), encoding: .utf8)
        #expect(manifest.split(separator: "\n", omittingEmptySubsequences: false).count <= 300)
    }

    @Test("what the manifest leaves out of a target is no source")
    func excluded() throws {
        let manifest = try String(
            contentsOf: Repository.top.appending(path: "Package.swift"), encoding: .utf8)
        let folders = manifest.matches(of: /exclude: \[(".*?")\]/).flatMap { match in
            match.1.matches(of: /"([^"]+)"/).map { String($0.1) }
        }
        #expect(!folders.isEmpty)
        let left = Self.all.filter { file in
            folders.contains { file.path.contains("/\($0)/") || file.path.hasSuffix("/\($0)") }
        }
        #expect(left.isEmpty, "these are compiled into nothing: \(left)")
    }

    @Test("there are sources to look at")
    func findsSources() {
        #expect(Self.product.count > 100)
    }

    @Test("no file is longer than 400 lines")
    func fileLength() {
        let long = Self.all.filter { $0.lines.count > 401 }
        #expect(long.isEmpty, "split by meaning: \(long)")
    }

    @Test("half of the files have at most 120 lines")
    func medianLength() {
        let lengths = Self.product.map(\.lines.count).sorted()
        #expect(lengths[lengths.count / 2] <= 120)
    }

    @Test("no function is longer than 70 lines")
    func functionLength() {
        let long = Self.all.flatMap { file in
            FunctionLength.functions(in: file).filter { $0.lines > 70 }.map {
                "\(file.path): \($0.name) has \($0.lines) lines"
            }
        }
        #expect(long.isEmpty, "\(long.joined(separator: "\n"))")
    }

    @Test(
        "no kitchen drawers",
        arguments: ["Utils", "Util", "Helpers", "Helper", "Common", "Manager"])
    func namesSayWhat(word: String) {
        let drawers = Self.all.filter { file in
            file.path.split(separator: "/").contains { part in
                part == word || part == "\(word).swift" || part.hasSuffix("\(word).swift")
            }
        }
        #expect(drawers.isEmpty, "name the thing: \(drawers)")
    }

    @Test("nothing is left for later", arguments: ["TODO", "FIXME", "XXX", "HACK"])
    func nothingForLater(word: String) {
        let left = Self.all.filter {
            $0.text.contains("\(word):") || $0.text.contains("// \(word)")
        }
        #expect(left.filter { !$0.path.hasPrefix("Tests/RepositoryTests") }.isEmpty, "\(left)")
    }

    @Test(
        "product code neither traps on purpose nor forces",
        arguments: ["fatalError(", "try!", " as! "])
    func noTraps(word: String) {
        let places = Self.product.flatMap { file in
            file.lines.enumerated().filter { _, line in
                line.contains(word) && !line.drop { $0 == " " }.hasPrefix("//")
            }.map { "\(file.path):\($0.offset + 1)" }
        }
        #expect(places.isEmpty, "\(places.joined(separator: "\n"))")
    }

    @Test("mains are short and alike")
    func mains() {
        for service in Repository.services {
            let main = Repository.swiftFiles(below: "Services/\(service)/Main")
                .first { $0.name == "Main.swift" }
            #expect((main?.lines.count ?? .max) <= 61, "\(service)'s main is short")
        }
    }

    @Test("links in documents lead somewhere")
    func links() throws {
        let documents = try Markdown.documents()
        #expect(documents.count >= 6)
        for document in documents {
            for target in Markdown.localLinks(in: document.text) {
                let file = document.folder.appending(path: target)
                #expect(
                    FileManager.default.fileExists(atPath: file.path),
                    "\(document.path) links to \(target)")
            }
        }
    }
}

/// Finds functions and counts their lines by their indentation.
enum FunctionLength {
    struct Function {
        let name: String
        let lines: Int
    }

    static func functions(in file: Repository.SourceFile) -> [Function] {
        let lines = file.lines
        return lines.indices.compactMap { start in
            let line = lines[start]
            guard let range = line.range(of: "func "), !line.contains("//"),
                line[..<range.lowerBound].allSatisfy({ $0 == " " || $0.isLetter || $0 == "@" })
            else { return nil }
            // A requirement has no body: its declaration ends before any brace opens.
            guard let open = lines[start...].firstIndex(where: { $0.hasSuffix("{") || $0.isEmpty }),
                lines[open].hasSuffix("{")
            else { return nil }
            let indentation = line.prefix { $0 == " " }
            let end = lines[(start + 1)...].firstIndex { $0 == "\(indentation)}" }
            let name = line[range.upperBound...].prefix { $0 != "(" && $0 != "<" }
            return end.map { Function(name: String(name), lines: $0 - start + 1) }
        }
    }
}

/// Reads documents and their links.
enum Markdown {
    struct Document {
        let path: String
        let folder: URL
        let text: String
    }

    static func documents() throws -> [Document] {
        let paths = FileManager.default.enumerator(atPath: Repository.top.path)?
            .compactMap { $0 as? String }
        return try (paths ?? []).filter { $0.hasSuffix(".md") && !$0.hasPrefix(".") }.map { path in
            let file = Repository.top.appending(path: path)
            return Document(
                path: path, folder: file.deletingLastPathComponent(),
                text: try String(contentsOf: file, encoding: .utf8))
        }
    }

    static func localLinks(in text: String) -> [String] {
        text.matches(of: /\]\(([^)#\s]+)(#[^)]*)?\)/).map { String($0.output.1) }
            .filter { !$0.contains("://") && !$0.hasPrefix("mailto:") }
    }
}
