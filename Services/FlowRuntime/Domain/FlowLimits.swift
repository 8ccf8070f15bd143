/// The bounds of flows and of the work they do.
package enum FlowLimits {
    /// Steps of a flow.
    package static let nodesMax = 50
    /// Ways between steps of a flow.
    package static let edgesMax = 100
    /// Characters of a step's id.
    package static let nodeIDCharactersMax = 64
    /// Bytes of one jq program.
    package static let programBytesMax = 16 * 1_024
    /// Characters of a URL.
    package static let urlCharactersMax = 2_048
    /// Headers a step may send.
    package static let headersMax = 50
    /// Bytes of a header's name and value together.
    package static let headerBytesMax = 8 * 1_024
    /// How long an HTTP request may take, in milliseconds.
    package static let requestMillisecondsMax: Int64 = 60_000
    /// How long an HTTP request may take when the step does not say.
    package static let requestMillisecondsUsual: Int64 = 10_000
    /// Characters of a webhook's key, at least and at most.
    package static let hookKeyCharacters = 16...256
    /// Bytes of a webhook's body.
    package static let hookBodyBytesMax = 1 << 20
    /// Messages that may wait in a flow's queue.
    package static let queuedMessagesMax = 75_000
    /// Bytes of the messages that may wait in a flow's queue.
    package static let queuedBytesMax: Int64 = 256 << 20
    /// Errors kept of a flow; older ones give way.
    package static let errorsKeptMax = 1_000
    /// Attempts at carrying one message through its flow.
    package static let attemptsMax = 5
    /// Times steps may run for one message, branches and split messages counted.
    package static let runsPerExecutionMax = 1_000
    /// Bytes kept of what all steps gave for one message.
    package static let keptBytesPerExecutionMax = 1 << 20
    /// Bytes one step may give.
    package static let outputBytesMax = 1 << 20
    /// Messages handed to a worker before it has reported on them.
    package static let handedOutMax = 16
    /// Bytes of messages handed to a worker before it has reported on them; one is always handed.
    package static let handedOutBytesMax = 4 << 20
    /// Components of a contract.
    package static let componentsMax = 500
    /// Versions kept of a component; one must be deleted for another.
    package static let componentVersionsMax = 50
    /// Functions of a component, triggers and actions together.
    package static let functionsMax = 50
    /// Words of the command line of a function.
    package static let commandWordsMax = 32
    /// Bytes of one word of a command line.
    package static let commandWordBytesMax = 1_024
    /// How long a component's program may take for one message, in milliseconds.
    package static let programMillisecondsMax: Int64 = 60_000
    /// How long a component's program may take when its function does not say.
    package static let programMillisecondsUsual: Int64 = 10_000
    /// Files of a component version.
    package static let bundleFilesMax = 100
    /// Bytes of all files of a component version together.
    package static let bundleBytesMax = 1 << 20
    /// Bytes of the request that carries a bundle, escapes and Base64 included.
    package static let bundleBodyBytesMax = 3 << 20
    /// Bytes of the path of a file in a bundle.
    package static let bundlePathBytesMax = 255
    /// Bytes of one line that a component's program answers.
    package static let programLineBytesMax = FlowLimits.outputBytesMax
    /// Bytes kept of what a component's program wrote to standard error last.
    package static let programComplaintBytesMax = 512
    /// Flows named when a component cannot be deleted because they use it.
    package static let usersNamedMax = 100
}
