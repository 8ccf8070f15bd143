import Identifiers
import Storage

/// The table `closed_team`: developer teams in which no component is made any more.
///
/// Whoever was permitted to make a component a moment before a team went looks here in the
/// transaction that makes it.
enum ClosedTeamStore {
    static func insert(
        _ team: TeamID, of contract: ContractID, at now: Int64,
        in transaction: any WriteTransaction
    ) throws {
        try transaction.execute(
            """
            INSERT INTO closed_team (team_id, contract_id, closed_at)
            VALUES (?, ?, ?) ON CONFLICT (team_id) DO NOTHING
            """, [team.text, contract.text, now])
    }

    static func contains(_ team: TeamID, in transaction: any ReadTransaction) throws -> Bool {
        try transaction.row(
            "SELECT closed_at FROM closed_team WHERE team_id = ?", [team.text]) != nil
    }
}
