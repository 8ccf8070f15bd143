import ArgumentParser
import Foundation

/// Which platform is meant, and who asks.
struct PublicOptions: ParsableArguments {
    @Option(help: "The base URL, such as https://api.example.com; that of --data otherwise.")
    var url: String?

    @Option(help: "Who asks: the e-mail address; the first Tenant Admin of --data otherwise.")
    var email: String?

    @Option(help: "A file with the API key; COVENANT_API_KEY, or that of --data otherwise.")
    var keyFile: String?

    @Option(help: "The data directory of a suite on this machine.")
    var data = "./data"

    @Option(help: "PEM file of the authorities that the platform's certificate may come from.")
    var ca: String?

    /// The base URL.
    func baseURL() throws -> URL {
        let text = try self.url ?? self.suite().baseURL
        guard let url = URL(string: text), let scheme = url.scheme, url.host() != nil,
            ["http", "https"].contains(scheme)
        else { throw ValidationError("\(text) is not a URL that begins with http or https.") }
        return url
    }

    /// The e-mail address and the API key.
    func credentials() throws -> (email: String, key: String) {
        let admin = FirstAdmin.read(from: SuiteDirectory(self.data).firstAdmin)
        guard let email = self.email ?? admin?.email else {
            throw ValidationError("Say who asks: --email, or --data of a suite on this machine.")
        }
        if let keyFile {
            guard let text = try? String(contentsOfFile: keyFile, encoding: .utf8) else {
                throw ValidationError("\(keyFile) cannot be read.")
            }
            return (email, text.trimmingCharacters(in: .whitespacesAndNewlines))
        }
        if let key = ProcessInfo.processInfo.environment["COVENANT_API_KEY"] { return (email, key) }
        guard let admin, admin.email == email else {
            throw ValidationError("Give the API key of \(email): --key-file or COVENANT_API_KEY.")
        }
        return (email, admin.apiKey)
    }

    private func suite() throws -> SuiteSummary {
        let directory = SuiteDirectory(self.data)
        guard let suite = try? SuiteSummary.read(from: directory.summary) else {
            throw ValidationError("Nothing runs in \(directory.root.path): give --url.")
        }
        return suite
    }
}
