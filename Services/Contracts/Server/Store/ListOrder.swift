import JSONAPI

/// The order of a list of contracts, workspaces or teams.
///
/// Identifiers begin with the second they were made in, so their order is that of making.
struct ListOrder: Hashable, Sendable {
    /// What lists may be ordered by.
    static let attributes = ["created_at", "name"]

    /// The criteria, most significant first.
    var keys: [SortKey] = []

    /// The order as SQL, for the columns of a table; always complete.
    ///
    /// - Parameter id: the column of identifiers that the list is found by.
    func sql(name: String, id: String) -> String {
        var terms: [String] = []
        for key in self.keys {
            let column = key.attribute == "name" ? name : id
            terms.append(column + (key.isDescending ? " DESC" : ""))
            // Nothing is left to order after identifiers.
            if column == id { return terms.joined(separator: ", ") }
        }
        return (terms + [id]).joined(separator: ", ")
    }
}
