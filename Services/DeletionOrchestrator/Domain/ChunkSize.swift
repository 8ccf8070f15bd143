/// Rows asked for in a chunk: as many as leave room for the neighbours' writes between chunks.
package struct ChunkSize: Hashable, Sendable {
    /// Rows to ask for next.
    package private(set) var rows: Int

    package init() { self.rows = OrchestratorLimits.chunkRowsFirst }

    /// A chunk took so long.
    package mutating func took(milliseconds: Int64) {
        let next =
            if milliseconds > OrchestratorLimits.chunkMillisecondsMax {
                self.rows / 2
            } else if milliseconds < OrchestratorLimits.chunkMillisecondsMin {
                self.rows * 2
            } else {
                self.rows
            }
        let bounds = OrchestratorLimits.chunkRows
        self.rows = min(max(next, bounds.lowerBound), bounds.upperBound)
    }
}
