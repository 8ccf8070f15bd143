/// What a deletion sets out to erase, in this order; recorded with the job before anything is done.
///
/// What a service reports that is not in the plan becomes a further step; what it does not hold
/// becomes a step that found nothing. A change of the list gets a new version, and jobs keep theirs.
package struct DeletionPlan: Hashable, Sendable {
    /// Rows of one kind at one service.
    package struct Entry: Hashable, Sendable {
        package var service: Participant
        package var kind: String

        package init(service: Participant, kind: String) {
            self.service = service
            self.kind = kind
        }
    }

    /// The version recorded with a job.
    package var version: Int
    /// The kinds, children before parents, workloads before what they used.
    package var entries: [Entry]

    package init(version: Int, entries: [Entry]) {
        self.version = version
        self.entries = entries
    }

    /// The plan of jobs accepted from now on.
    package static let current = DeletionPlan(
        version: 1,
        entries: Self.entries(
            .flowRuntime,
            [
                "execution_steps", "queued_messages", "executions", "errors", "flow_versions",
                "flows",
            ])
            + Self.entries(
                .contracts, ["invites", "workspace_members", "workspaces", "contract_members"]))

    private static func entries(_ service: Participant, _ kinds: [String]) -> [Entry] {
        kinds.map { Entry(service: service, kind: $0) }
    }
}
