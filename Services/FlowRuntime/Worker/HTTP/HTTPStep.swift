import FlowRuntimeDomain
import JSONAPI

/// The settings of a step that sends an HTTP request.
struct HTTPStep {
    enum Target {
        /// Always there.
        case url(String)
        /// Where a jq program says, or said.
        case program(String)

        var text: String {
            switch self {
            case .url(let text), .program(let text): text
            }
        }
    }

    let method: String
    let target: Target
    let headers: [(name: String, value: String)]
    let timeoutMilliseconds: Int64

    /// Whether the input is sent along.
    var hasBody: Bool { ["POST", "PUT", "PATCH"].contains(self.method) }

    /// Reads the settings; `nil` when there is nowhere to send to.
    init?(_ fields: JSONObject) {
        if let url = fields["url"]?.string {
            self.target = .url(url)
        } else if let program = fields["url_expression"]?.string {
            self.target = .program(program)
        } else {
            return nil
        }
        self.method = fields["method"]?.string ?? "POST"
        self.headers = (fields["headers"]?.object?.members ?? []).compactMap { member in
            member.value.string.map { (member.name, $0) }
        }
        self.timeoutMilliseconds =
            fields["timeout_ms"]?.integer ?? FlowLimits.requestMillisecondsUsual
    }
}
