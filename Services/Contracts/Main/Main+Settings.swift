import Bootstrap
import ContractsServer
import Logging

extension Main {
    /// What can be configured besides what every service has.
    static let settings: [Setting] = [
        .text("public.base-url", default: "http://127.0.0.1:8080", "Base URL, for links in mails."),
        .text("mail.from", default: "covenant@localhost", "Who e-mails are from."),
        .list(
            "mail.command",
            "Program and arguments that take an e-mail on standard input, as sendmail -t -i does."),
        .text(
            "mail.mailbox", "Folder for e-mails when there is no command; <data>/mailbox if unset."),
        .integer(
            "limits.prepare-seconds-max", 1...25, default: ContractsLimits().prepareSecondsMax,
            "How long a deletion may ask whether anything stands against it."),
        .integer(
            "limits.fence-milliseconds-max", 10...10_000,
            default: ContractsLimits().fenceMillisecondsMax,
            "How long a suspension waits for the flow runtime before it is answered."),
    ]

    /// The service's limits as they are configured.
    static func limits(_ configuration: ServiceConfiguration) -> ContractsLimits {
        var limits = ContractsLimits()
        limits.prepareSecondsMax = configuration.integer("limits.prepare-seconds-max")
        limits.fenceMillisecondsMax = configuration.integer("limits.fence-milliseconds-max")
        return limits
    }

    /// What carries e-mails: the configured command, or a folder that is named in the log.
    static func mailer(_ context: ServiceContext) throws -> any Mailer {
        let command = context.configuration.list("mail.command")
        if !command.isEmpty { return try MailCommand(command) }
        let path =
            context.configuration.optionalText("mail.mailbox")
            ?? "\(context.dataDirectory)/mailbox"
        context.logger.notice("e-mails are put into a folder", metadata: ["mailbox": "\(path)"])
        return try MailboxFolder(path: path)
    }
}
