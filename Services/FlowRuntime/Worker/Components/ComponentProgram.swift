import FlowRuntimeAPI
import FlowRuntimeDomain
import Synchronization

/// The program of one step: started once, asked for each message, and started again after trouble.
final class ComponentProgram: Sendable {
    private let step: String
    private let program: StepProgram
    private let fields: String
    private let folder: String
    private let place: ProgramPlace
    private let thread = ProgramThread()
    /// Only touched on the thread; the lock is what lets the compiler see that it is safe.
    private let process = Mutex<ProgramProcess?>(nil)

    /// Writes the program's files and starts it.
    ///
    /// - Throws: `StepFailure` when the flow can not be run with it.
    init(
        _ program: StepProgram, of step: FlowStep, files: [BundleFile], in place: ProgramPlace
    ) async throws(StepFailure) {
        self.step = step.id
        self.program = program
        self.fields = step.fields
        self.place = place
        do {
            self.folder = try place.makeFolder(of: step.id, with: files)
        } catch {
            throw StepFailure(
                step: step.id, code: "component_not_started",
                message: "The files of the component could not be written.", isTransient: false)
        }
        let trouble = await self.thread.perform { () -> ProgramTrouble? in self.start() }
        if let trouble { throw self.failure(trouble) }
    }

    /// Asks the program about a message and gives what it answers.
    func outputs(
        for message: String, of work: WorkerFeed.Work
    ) async throws(StepFailure) -> [String] {
        let request = ProgramRequest(
            function: self.program.function, fields: self.fields, message: message,
            execution: work.execution, step: self.step, attempt: work.attempt)
        let line = request.line
        let result = await self.thread.perform { self.ask(line) }
        switch result {
        case .failure(let trouble): throw self.failure(trouble)
        case .success(let answer): return try ProgramAnswer.outputs(of: answer, step: self.step)
        }
    }

    /// Starts the program unless it runs; what stood against it.
    private func start() -> ProgramTrouble? {
        self.process.withLock { process -> ProgramTrouble? in
            guard process == nil else { return nil }
            do throws(ProgramTrouble) {
                process = try ProgramProcess(self.program.command, in: self.folder, self.place)
                return nil
            } catch {
                return error
            }
        }
    }

    /// Asks once; a program that gave trouble is ended.
    private func ask(_ line: [UInt8]) -> Result<[UInt8], ProgramTrouble> {
        // One that ended between two messages has failed none of them.
        self.process.withLock { process in
            if process?.hasEnded() == true { process = nil }
        }
        if let trouble = self.start() { return .failure(trouble) }
        return self.process.withLock { process -> Result<[UInt8], ProgramTrouble> in
            do throws(ProgramTrouble) {
                let answer = try process?.answer(
                    to: line, within: self.program.millisecondsMax)
                return .success(answer ?? [])
            } catch {
                process = nil
                return .failure(error)
            }
        }
    }

    private func failure(_ trouble: ProgramTrouble) -> StepFailure {
        let (code, message, isTransient): (String, String, Bool) =
            switch trouble {
            case .notStarted(let why):
                ("component_not_started", "The program could not be started: \(why).", false)
            case .ended(let complaint):
                (
                    "component_ended",
                    "The program ended."
                        + (complaint.isEmpty ? "" : " It last complained: \(complaint)"), true
                )
            case .late:
                (
                    "component_timeout",
                    "The program took longer than \(self.program.millisecondsMax) ms.", true
                )
            case .spokeUnasked:
                (
                    "component_protocol", "The program wrote other than one line for each it read.",
                    false
                )
            case .tooLong:
                (
                    "component_protocol",
                    "The program's line is longer than \(FlowLimits.programLineBytesMax) bytes.",
                    false
                )
            }
        return StepFailure(
            step: self.step, code: code, message: message, isTransient: isTransient)
    }
}
