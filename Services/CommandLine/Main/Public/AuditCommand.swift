import ArgumentParser
import CommandLineDomain
import Foundation
import JSONAPI

/// Reads and proves audit trails.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Reads a contract's audit trail, and proves that nobody has changed it.",
        discussion: """
            Trails outlive their contracts. A Tenant Admin may read them.

            EXAMPLE
              covenant audit list 5b87aded2dfb980011537690 --data ./data
              covenant audit export 5b87aded2dfb980011537690 > trail.ndjson
              covenant audit verify trail.ndjson
            """,
        subcommands: [
            AuditListCommand.self, AuditExportCommand.self, AuditVerifyCommand.self,
        ])
}

/// Lists a trail.
struct AuditListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists who did what to a contract, oldest first.",
        discussion: """
            EXAMPLE
              covenant audit list 5b87aded2dfb980011537690 --action contract.suspend
              covenant audit list 5b87aded2dfb980011537690 --since 2030-01-31T00:00:00Z --json
            """)

    @Argument(help: "The contract's id.")
    var contract: String

    @Option(help: "Only this action, such as member.add.")
    var action: String?

    @Option(help: "Only what this user did.")
    var actor: String?

    @Option(help: "Only what was done then or later (RFC 3339).")
    var since: String?

    @Option(help: "Only what was done then or before (RFC 3339).")
    var until: String?

    @OptionGroup var platform: PublicOptions

    @Flag(help: "Print one JSON array.")
    var json = false

    func run() async throws {
        let filters = [
            ("action", self.action), ("actor", self.actor), ("since", self.since),
            ("until", self.until),
        ].compactMap { name, value in value.map { ("filter[\(name)]", $0) } }
        try await PublicAPI.with(self.platform) { api in
            var entries: [JSON] = []
            try await api.auditTrail(of: self.contract, filters) { entries.append($0) }
            if self.json { return print(JSON.array(entries).text) }
            let rows = entries.map { entry in
                ["number", "at", "action", "actor", "subject", "request_id"].map { name in
                    let value = entry["attributes"]?[name]
                    return value?.string ?? value?.integer.map { String($0) } ?? "-"
                }
            }
            let heading = ["NUMBER", "AT", "ACTION", "ACTOR", "SUBJECT", "REQUEST"]
            for line in TextTable([heading] + rows).lines { print(line) }
        }
    }
}

/// Writes a trail.
struct AuditExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes a contract's whole trail to standard output, one JSON entry a line.",
        discussion: """
            EXAMPLE
              covenant audit export 5b87aded2dfb980011537690 --data ./data > trail.ndjson
            """)

    @Argument(help: "The contract's id.")
    var contract: String

    @OptionGroup var platform: PublicOptions

    func run() async throws {
        try await PublicAPI.with(self.platform) { api in
            try await api.auditTrail(of: self.contract) { StandardOutput.say($0.text) }
        }
    }
}

/// Proves a trail.
struct AuditVerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Proves that a trail is whole and unchanged, or names the first broken entry.",
        discussion: """
            Reads an exported file (- is standard input), or with --contract the trail itself. \
            What is proved ends with the last entry: keep the head that is printed, and give it \
            as --head later, to notice when entries have been taken away at the end.

            The status is 0 for an unbroken trail and 1 for a broken one.

            EXAMPLE
              covenant audit verify trail.ndjson
              covenant audit verify --contract 5b87aded2dfb980011537690 --data ./data
            """)

    @Argument(help: "An exported trail, or - for standard input.")
    var file: String?

    @Option(help: "Read the trail of this contract from the platform.")
    var contract: String?

    @Option(help: "A head that was printed before: NUMBER:HASH; the trail must lead to it.")
    var head: String?

    @OptionGroup var platform: PublicOptions

    func validate() throws {
        guard (self.file == nil) != (self.contract == nil) else {
            throw ValidationError("Give either a file or --contract.")
        }
    }

    func run() async throws {
        var chain = AuditChain()
        var passed = false
        let append = { (entry: JSON) throws in
            try chain.append(entry)
            if "\(chain.count):\(chain.head)" == self.head { passed = true }
        }
        if let contract {
            try await PublicAPI.with(self.platform) { api in
                try await api.auditTrail(of: contract, each: append)
            }
        } else if let file {
            try Self.read(file, each: append)
        }
        guard let contract = chain.contract else { throw Self.failure("there are no entries") }
        if let head, !passed {
            throw Self.failure("the trail does not lead to \(head): entries were taken away")
        }
        print("\(contract): \(chain.count) entries, unbroken; head \(chain.count):\(chain.head)")
    }

    private static func read(_ file: String, each: (JSON) throws -> Void) throws {
        let input = file == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: file)
        guard let data = try input?.readToEnd() ?? (input == nil ? nil : Data()) else {
            throw ValidationError("\(file) cannot be read.")
        }
        for (index, line) in data.split(separator: UInt8(ascii: "\n")).enumerated() {
            guard let entry = try? JSON(parsing: Array(line)) else {
                throw Self.failure("line \(index + 1) is not JSON")
            }
            do {
                try each(entry)
            } catch {
                throw Self.failure("\(error)")
            }
        }
    }

    private static func failure(_ reason: String) -> ExitCode {
        StandardError.say("broken: \(reason)")
        return .failure
    }
}

extension PublicAPI {
    /// Every entry of a trail, in order, a page at a time.
    func auditTrail(
        of contract: String, _ filters: [(String, String)] = [], each: (JSON) throws -> Void
    ) async throws {
        try await self.list(
            "/v2/contracts/\(PublicQuery.encode(contract))/audit", query: filters, each: each)
    }

    /// Every resource of a list, a page at a time.
    func list(
        _ path: String, query: [(String, String)] = [], each: (JSON) throws -> Void
    ) async throws {
        var page = 1
        while true {
            let document = try await self.send(
                "GET", path,
                query: query + [("page[number]", String(page)), ("page[size]", "100")])
            for resource in document["data"]?.array ?? [] { try each(resource) }
            guard let pages = document["meta"]?["total_pages"]?.integer, page < pages else {
                return
            }
            page += 1
        }
    }
}
