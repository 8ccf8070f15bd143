import Foundation

/// The local edge: nghttpx (Debian package nghttp2-proxy), one address for the whole suite.
///
/// It speaks HTTP/1.1 and HTTP/2 to clients and HTTP/2 to the services, and routes by path prefix.
enum EdgeProxy {
    /// The configuration for the given ports.
    static func configuration(_ ports: Ports) -> String {
        var lines = [
            "# Written by covenant at each start; changes are lost.",
            "frontend=127.0.0.1,\(ports.edge);no-tls",
            "workers=1",
            "no-ocsp=yes",
            "add-x-forwarded-for=yes",
            "max-request-header-fields=100",
            "request-header-field-buffer=32K",
            "backend-connections-per-frontend=8",
            "accesslog-file=/dev/null",
            "errorlog-file=/dev/stderr",
        ]
        for (service, prefixes) in Suite.edgeRoutes {
            guard let port = ports.services[service] else { continue }
            let patterns = prefixes.flatMap { [$0, "\($0)/"] }.joined(separator: ":")
            lines.append("backend=127.0.0.1,\(port);\(patterns);proto=h2;fall=1;rise=1")
        }
        if let port = ports.services["contracts"] {
            lines.append("backend=127.0.0.1,\(port);/;proto=h2;fall=1;rise=1")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// The program, from `PATH`.
    ///
    /// - Throws: `SuiteError` saying which package has it.
    static func executable(path: String) throws -> URL {
        for directory in path.split(separator: ":") {
            let candidate = URL(filePath: String(directory)).appending(path: "nghttpx")
            if FileManager.default.isExecutableFile(atPath: candidate.path) { return candidate }
        }
        throw SuiteError("nghttpx is missing: apt-get install nghttp2-proxy")
    }
}
