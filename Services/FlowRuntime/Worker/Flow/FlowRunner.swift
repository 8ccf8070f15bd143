import FlowRuntimeAPI
import FlowRuntimeDomain
import Identifiers

/// Carries messages through a flow.
///
/// A step runs once for each message that reaches it: one for each output of each source whose
/// condition lets it pass. The first failure ends the execution.
struct FlowRunner {
    private let steps: [PreparedStep]
    private let engine: JQEngine
    private let client: HTTPStepClient

    /// Reads and compiles a flow, and starts the programs of its components.
    ///
    /// - Parameter bundles: the files of the components that it uses.
    /// - Throws: `StepFailure` when the flow can not be run.
    init(
        _ definition: FlowDefinition, engine: JQEngine, client: HTTPStepClient,
        place: ProgramPlace, bundles: [ComponentVersionID: [BundleFile]]
    ) async throws(StepFailure) {
        var steps: [PreparedStep] = []
        for step in definition.steps {
            steps.append(
                try await PreparedStep(step, engine: engine, place: place, bundles: bundles))
        }
        self.steps = steps
        self.engine = engine
        self.client = client
    }

    /// What an execution gave.
    struct Outcome {
        var steps: [StepOutcome] = []
        var failure: StepFailure?
    }

    /// Carries one message through the flow.
    func run(_ work: WorkerFeed.Work) async -> Outcome {
        var passage = Passage(work)
        do {
            for step in self.steps { try await self.run(step, &passage) }
        } catch {
            passage.outcome.failure = error
        }
        return passage.outcome
    }

    /// An execution under way.
    private struct Passage {
        let work: WorkerFeed.Work
        /// What each step has given so far.
        var outputs: [String: [String]] = [:]
        var runs = 0
        /// Bytes of outputs that may still be kept: a report is one message of bounded size.
        var keptBytesLeft = FlowLimits.keptBytesPerExecutionMax
        var outcome = Outcome()

        init(_ work: WorkerFeed.Work) { self.work = work }
    }

    private func run(_ step: PreparedStep, _ passage: inout Passage) async throws(StepFailure) {
        if step.inputs.isEmpty {
            return try await self.perform(step, passage.work.message, &passage)
        }
        for input in step.inputs {
            for output in passage.outputs[input.source] ?? [] {
                for message in try await self.messages(from: output, by: input, to: step) {
                    guard let message else {
                        passage.outcome.steps.append(
                            StepOutcome(step: step.id, output: nil, microseconds: 0))
                        continue
                    }
                    try await self.perform(step, message, &passage)
                }
            }
        }
    }

    /// What an input makes of an output of its source; a `nil` is a message that was held back.
    private func messages(
        from output: String, by input: FlowInput, to step: PreparedStep
    ) async throws(StepFailure) -> [String?] {
        do {
            if let condition = input.condition {
                let verdict = try await self.engine.values(condition, of: output)
                guard verdict == ["true"] else { return [nil] }
            }
        } catch {
            throw StepFailure(error, step: step.id, program: "condition")
        }
        guard let mapper = input.mapper else { return [output] }
        do {
            return try await self.engine.values(mapper, of: output)
        } catch {
            throw StepFailure(error, step: step.id, program: "mapper")
        }
    }

    /// Runs a step for one message.
    private func perform(
        _ step: PreparedStep, _ message: String, _ passage: inout Passage
    ) async throws(StepFailure) {
        passage.runs += 1
        guard passage.runs <= FlowLimits.runsPerExecutionMax else {
            throw StepFailure(
                step: step.id, code: "too_many_messages",
                message: "The steps ran \(FlowLimits.runsPerExecutionMax) times for one message.",
                isTransient: false)
        }
        let start = ContinuousClock.now
        let outputs = try await self.outputs(of: step, message, passage.work)
        let microseconds = start.duration(to: .now).microseconds
        passage.outputs[step.id, default: []] += outputs
        if outputs.isEmpty {
            passage.outcome.steps.append(
                StepOutcome(step: step.id, output: nil, microseconds: microseconds))
        }
        for output in outputs {
            let kept = KeptOutput(output, bytesMax: passage.keptBytesLeft)
            passage.keptBytesLeft -= min(kept.text.utf8.count, passage.keptBytesLeft)
            passage.outcome.steps.append(
                StepOutcome(
                    step: step.id, output: kept.text, isCut: kept.isCut,
                    microseconds: microseconds))
        }
    }

    private func outputs(
        of step: PreparedStep, _ message: String, _ work: WorkerFeed.Work
    ) async throws(StepFailure) -> [String] {
        switch step.action {
        case .receive: return [message]
        case .transform(let program): return try await self.values(program, of: message, step)
        case .filter(let program):
            return try await self.values(program, of: message, step) == ["true"] ? [message] : []
        case .component(let program): return try await program.outputs(for: message, of: work)
        case .request(let request):
            var url = request.target
            if case .program(let program) = url {
                url = .program(try await self.url(program, of: message, step))
            }
            return [
                try await self.client.send(
                    request, to: url.text, body: message,
                    idempotencyKey: "\(work.execution)-\(step.id)", step: step.id)
            ]
        }
    }

    private func values(
        _ program: String, of message: String, _ step: PreparedStep
    ) async throws(StepFailure) -> [String] {
        do {
            return try await self.engine.values(program, of: message)
        } catch {
            throw StepFailure(error, step: step.id, program: "expression")
        }
    }

    private func url(
        _ program: String, of message: String, _ step: PreparedStep
    ) async throws(StepFailure) -> String {
        let values: [String]
        do {
            values = try await self.engine.values(program, of: message)
        } catch {
            throw StepFailure(error, step: step.id, program: "url_expression")
        }
        guard values.count == 1, let url = JSONText.string(values[0]), FieldRule.isURL(url) else {
            throw StepFailure(
                step: step.id, code: "url_invalid",
                message: "url_expression must give one absolute http or https URL.",
                isTransient: false)
        }
        return url
    }
}

extension Duration {
    /// The whole microseconds in it.
    var microseconds: Int64 {
        self.components.seconds * 1_000_000 + self.components.attoseconds / 1_000_000_000_000
    }
}
