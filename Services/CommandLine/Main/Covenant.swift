import ArgumentParser

/// The operator's command.
@main
struct Covenant: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "covenant",
        abstract: "Runs and inspects a Covenant suite, and manages what is on a platform.",
        discussion: """
            A data directory holds everything of one suite: databases, logs, sockets, secrets.

            EXAMPLE
              covenant up --data ./data --port 8080 --detach
              covenant status --data ./data
              covenant contracts create "My Contract" --data ./data
              covenant rpc list --service contracts --data ./data
              covenant down --data ./data
            """,
        subcommands: [
            UpCommand.self, DownCommand.self, StatusCommand.self, SuperviseCommand.self,
            RPCCommand.self, ContractsCommand.self, MembersCommand.self, InvitesCommand.self,
            WorkspacesCommand.self, TeamsCommand.self, UsersCommand.self, TenantsCommand.self,
            AuditCommand.self,
        ])
}
