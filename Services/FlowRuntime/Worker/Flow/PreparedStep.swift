import FlowRuntimeAPI
import FlowRuntimeDomain
import Identifiers
import JSONAPI

/// A step whose settings have been read and whose programs have been compiled.
struct PreparedStep {
    enum Action {
        /// Gives the message that started the execution.
        case receive
        /// Gives every value a program makes of the input.
        case transform(program: String)
        /// Gives the input when a program says `true` of it.
        case filter(program: String)
        /// Sends the input and gives the answer.
        case request(HTTPStep)
        /// Gives what the program of a component makes of the input.
        case component(ComponentProgram)
    }

    let id: String
    let inputs: [FlowInput]
    let action: Action

    /// Reads a step, and starts its program if it has one.
    ///
    /// - Parameter bundles: the files of the components that the flow uses.
    /// - Throws: `StepFailure` when the flow can not be run with it.
    init(
        _ step: FlowStep, engine: JQEngine, place: ProgramPlace,
        bundles: [ComponentVersionID: [BundleFile]]
    ) async throws(StepFailure) {
        self.id = step.id
        self.inputs = step.inputs
        if let program = step.program {
            self.action = .component(
                try await ComponentProgram(
                    program, of: step, files: bundles[program.version] ?? [], in: place))
        } else {
            self.action = try Self.builtIn(step)
        }
        for (name, program) in self.programs {
            do {
                try await engine.compile(program)
            } catch {
                throw StepFailure(error, step: step.id, program: name)
            }
        }
    }

    private static func builtIn(_ step: FlowStep) throws(StepFailure) -> Action {
        let fields: JSONObject
        do {
            fields = try JSON(parsing: step.fields).object ?? [:]
        } catch {
            throw StepFailure(
                step: step.id, code: "fields_unreadable", message: error.description,
                isTransient: false)
        }
        return try Self.action(step, fields)
    }

    private static func action(
        _ step: FlowStep, _ fields: JSONObject
    ) throws(StepFailure) -> Action {
        let expression = fields["expression"]?.string
        switch (CommandRule.named(step.command), expression) {
        case (.webhook, _): return .receive
        case (.transform, let expression?): return .transform(program: expression)
        case (.filter, let expression?): return .filter(program: expression)
        case (.httpRequest, _):
            if let request = HTTPStep(fields) { return .request(request) }
        default: break
        }
        throw StepFailure(
            step: step.id, code: "command_unknown",
            message: "This worker can not run \(step.command) with these settings.",
            isTransient: false)
    }

    /// The step's programs, each with what it is for.
    private var programs: [(name: String, text: String)] {
        var programs: [(String, String)] = []
        switch self.action {
        case .receive, .component: break
        case .transform(let text), .filter(let text): programs.append(("expression", text))
        case .request(let request):
            if case .program(let text) = request.target {
                programs.append(("url_expression", text))
            }
        }
        for input in self.inputs {
            if let text = input.condition { programs.append(("condition", text)) }
            if let text = input.mapper { programs.append(("mapper", text)) }
        }
        return programs
    }
}

extension StepFailure: Error {}

extension StepFailure {
    /// The failure of a step one of whose programs did not do its work.
    init(_ error: JQError, step: String, program: String) {
        let code: String
        let message: String
        switch error {
        case .notCompiled(let why): (code, message) = ("jq_compile", why)
        case .unreadable(let why): (code, message) = ("jq_input", why)
        case .failed(let why): (code, message) = ("jq_error", why)
        case .tooLarge: (code, message) = ("jq_output", "it gives more than is taken")
        case .stuck: (code, message) = ("jq_timeout", "it takes too long")
        }
        self.init(step: step, code: code, message: "\(program): \(message)", isTransient: false)
    }

    /// Whether the process can not go on after it.
    var isFatal: Bool { self.code == "jq_timeout" }
}
