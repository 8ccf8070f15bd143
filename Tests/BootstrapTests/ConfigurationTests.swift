import PublicHTTP
import RPC
import RPCOverHTTP2
import Testing

@testable import Bootstrap

@Suite("Configuration")
struct ConfigurationTests {
    static let settings: [Setting] = [
        .integer("public.port", 0...65_535, default: 1, "The port."),
        .text("mail.from-address", "The sender."),
        .text("name", default: "x", "A name."),
        .flag("mail.enabled", "Whether to send."),
        .list("mail.hosts", "Where to."),
        .secret("mail.password", "The password."),
    ]

    private func load(
        _ arguments: [String] = [], environment: [String: String] = [:],
        files: [String: String] = [:]
    ) throws(ConfigurationError) -> ServiceConfiguration {
        try ConfigurationLoader(
            settings: Self.settings, arguments: ["service"] + arguments, environment: environment
        ) { path, _ in
            guard let text = files[path] else { throw SystemFileError("\(path) is missing") }
            return text
        }.load()
    }

    @Test("flags win over the environment, the environment over the file, the file over defaults")
    func precedence() throws {
        let files = ["c": "public: {port: 2}"]
        let environment = ["COVENANT_PUBLIC_PORT": "3", "COVENANT_CONFIG": "c"]
        #expect(try self.load().integer("public.port") == 1)
        #expect(try self.load(["--config", "c"], files: files).integer("public.port") == 2)
        #expect(try self.load(environment: environment, files: files).integer("public.port") == 3)
        let flags = ["--public-port", "4"]
        #expect(
            try self.load(flags, environment: environment, files: files).integer("public.port")
                == 4)
        #expect(try self.load(["--public-port=5"]).integer("public.port") == 5)
    }

    @Test("every kind of setting is read from every source")
    func kinds() throws {
        let file = """
            mail:
              from-address: a@b
              enabled: true
              hosts: [one, two]
              password: p
            rpc:
              allow:
                Authenticate: [contracts, flow-runtime]
            """
        let read = [
            try self.load(["--config", "c"], files: ["c": file]),
            try self.load(environment: [
                "COVENANT_MAIL_FROM_ADDRESS": "a@b", "COVENANT_MAIL_ENABLED": "true",
                "COVENANT_MAIL_HOSTS": "one,two", "COVENANT_MAIL_PASSWORD": "p",
            ]),
            try self.load(
                ["--mail-from-address", "a@b", "--mail-enabled", "--mail-hosts", "one,two"],
                environment: ["COVENANT_MAIL_PASSWORD_FILE": "s"], files: ["s": "p\n"]),
        ]
        for configuration in read {
            #expect(configuration.optionalText("mail.from-address") == "a@b")
            #expect(configuration.flag("mail.enabled"))
            #expect(configuration.list("mail.hosts") == ["one", "two"])
            #expect(configuration.secret("mail.password")?.reveal() == "p")
        }
        #expect(read[0].rpcRules.allowedCallers == ["Authenticate": ["contracts", "flow-runtime"]])
        let bare = try self.load()
        #expect(bare.optionalText("mail.from-address") == nil)
        #expect(!bare.flag("mail.enabled"))
        #expect(bare.list("mail.hosts").isEmpty)
        #expect(bare.secret("mail.password") == nil)
    }

    @Test("an empty list given by the environment empties that of the file")
    func emptyList() throws {
        let configuration = try self.load(
            ["--config", "c"], environment: ["COVENANT_MAIL_HOSTS": ""],
            files: ["c": "mail: {hosts: [one]}"])
        #expect(configuration.list("mail.hosts").isEmpty)
    }

    struct Mistake: Sendable, CustomTestStringConvertible {
        var arguments: [String] = []
        var environment: [String: String] = [:]
        var file: String?
        let problem: String
        var testDescription: String { self.problem }
    }

    @Test(
        "a mistake is named with the place it was made in",
        arguments: [
            Mistake(arguments: ["--nmae", "x"], problem: "unknown flag --nmae; see --help"),
            Mistake(arguments: ["x"], problem: "unexpected argument \"x\"; see --help"),
            Mistake(arguments: ["--name"], problem: "--name needs a value; see --help"),
            Mistake(
                arguments: ["--mail-password", "p"],
                problem: "unknown flag --mail-password; see --help"),
            Mistake(
                arguments: ["--public-port", "x"],
                problem: "--public-port must be an integer from 0 to 65535, not \"x\""),
            Mistake(
                environment: ["COVENANT_PUBLIC_PORT": "70000"],
                problem:
                    "COVENANT_PUBLIC_PORT must be an integer from 0 to 65535, not \"70000\""),
            Mistake(
                environment: ["COVENANT_MAIL_ENABLED": "maybe"],
                problem: "COVENANT_MAIL_ENABLED must be true or false"),
            Mistake(
                environment: ["COVENANT_MAIL_PASSWORD_FILE": "gone"],
                problem: "gone: gone is missing"),
            Mistake(
                file: "public: {port: x, prot: 1}",
                problem: "public.prot in c is not a setting that is known\n"
                    + "public.port in c must be an integer from 0 to 65535, not \"x\""),
            Mistake(file: "mail: {hosts: one}", problem: "mail.hosts in c must be a list of texts"),
            Mistake(file: "name: [a]", problem: "name in c must be one text"),
            Mistake(
                file: "rpc: {allow: {M: x}}", problem: "rpc.allow.M in c must be a list of peers"),
            Mistake(file: "- 1", problem: "c: must be a mapping of settings"),
        ])
    func mistakes(_ mistake: Mistake) {
        var arguments = mistake.arguments
        if mistake.file != nil { arguments += ["--config", "c"] }
        let error = #expect(throws: ConfigurationError.self) {
            try self.load(
                arguments, environment: mistake.environment,
                files: mistake.file.map { ["c": $0] } ?? [:])
        }
        #expect(error?.description == mistake.problem)
    }

    @Test("YAML that cannot be read is refused with its place")
    func malformed() {
        let error = #expect(throws: ConfigurationError.self) {
            try self.load(["--config", "c"], files: ["c": "a: ["])
        }
        #expect(error?.description.contains("c: ") == true)
    }

    @Test("help shows every setting with its default, and an example")
    func help() {
        let text = HelpText(service: "identity", about: "Who is who.", settings: Self.settings)
            .text
        #expect(text.hasPrefix("identity: Who is who.\n\nusage: identity [--config PATH]"))
        #expect(text.contains("example:\n  identity --config deploy/identity/config.yaml"))
        #expect(text.contains("  --public-port NUMBER\n      The port. Default: 1.\n"))
        #expect(text.contains("  COVENANT_MAIL_PASSWORD (or COVENANT_MAIL_PASSWORD_FILE), no flag"))
    }

    @Test("peers' files are read, and mistakes in them named without the token")
    func peerFiles() throws {
        let token = String(repeating: "a", count: 64)
        let credentials = try PeerFiles.credentials("contracts:\(token)\n", path: "f")
        #expect(credentials.peer.text == "contracts")
        #expect(credentials.token == token)
        let error = #expect(throws: ConfigurationError.self) {
            try PeerFiles.credentials("contracts \(token)", path: "f")
        }
        #expect(error?.description.contains("aaaa") == false)
        _ = try PeerFiles.tokens("a \(token)\nb \(token)\n", path: "f")
        for text in ["a \(token)\na \(token)", "a", "a xyz", "a \(token.dropLast(2))"] {
            #expect(throws: ConfigurationError.self) { try PeerFiles.tokens(text, path: "f") }
        }
    }
}
