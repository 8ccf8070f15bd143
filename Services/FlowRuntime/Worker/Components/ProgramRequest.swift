import FlowRuntimeAPI
import FlowRuntimeDomain
import Identifiers
import JSONAPI

/// What a program is asked for one message.
struct ProgramRequest {
    let function: String
    /// The step's settings, as JSON text.
    let fields: String
    /// The message, as JSON text.
    let message: String
    let execution: ExecutionID
    let step: String
    let attempt: Int

    /// The request as one line of JSON, its end included.
    ///
    /// Settings and message are put in as they are, so that no number changes on the way; line ends
    /// in them can only be white space.
    var line: [UInt8] {
        let head: JSON = [
            "function": .string(self.function), "execution": .string(self.execution.text),
            "step": .string(self.step), "attempt": .integer(self.attempt),
            "idempotency_key": .string("\(self.execution)-\(self.step)"),
        ]
        let text =
            "\(head.text.dropLast()),\"fields\":\(self.fields),\"message\":\(self.message)}"
        return text.utf8.map { [0x0A, 0x0D].contains($0) ? 0x20 : $0 } + [UInt8(ascii: "\n")]
    }
}

/// What a program answers: `{"outputs": […]}` or `{"error": {"message": "…", "transient": false}}`.
enum ProgramAnswer {
    /// The messages that a line gives.
    ///
    /// - Throws: `StepFailure` when it is an error, or not to be understood.
    static func outputs(of line: [UInt8], step: String) throws(StepFailure) -> [String] {
        guard let json = try? JSON(parsing: line), let answer = json.object else {
            throw self.misunderstood(step, "is no JSON object")
        }
        if let error = answer["error"] {
            guard let message = error["message"]?.string else {
                throw self.misunderstood(step, "has an error without a message")
            }
            throw StepFailure(
                step: step, code: "component_error",
                message: String(message.prefix(FlowLimits.programComplaintBytesMax)),
                isTransient: error["transient"]?.bool ?? false)
        }
        guard let outputs = answer["outputs"]?.array else {
            throw self.misunderstood(step, "has neither outputs nor an error")
        }
        return outputs.map(\.text)
    }

    private static func misunderstood(_ step: String, _ why: String) -> StepFailure {
        StepFailure(
            step: step, code: "component_protocol", message: "The program's line \(why).",
            isTransient: false)
    }
}
