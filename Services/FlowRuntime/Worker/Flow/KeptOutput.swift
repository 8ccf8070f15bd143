import FlowRuntimeAPI
import JSONAPI

/// What is kept of a step's output, always a JSON text.
///
/// An output that is too long becomes a JSON string of its beginning.
struct KeptOutput {
    let text: String
    let isCut: Bool

    /// - Parameter bytesMax: what may be kept, beyond the bound there is for every output.
    init(_ output: String, bytesMax: Int) {
        let bytesMax = min(bytesMax, ReportExecution.outputBytesMax)
        guard output.utf8.count > bytesMax else {
            self.text = output
            self.isCut = false
            return
        }
        // Room for the escapes: no byte of JSON text takes more than six.
        let beginning = output.utf8.prefix(bytesMax / 8)
        self.text = JSON.string(String(decoding: beginning, as: UTF8.self)).text
        self.isCut = true
    }
}

/// Reads JSON texts that jq has written.
enum JSONText {
    /// The string a text is, if it is one.
    static func string(_ text: String) -> String? { (try? JSON(parsing: text))?.string }
}
