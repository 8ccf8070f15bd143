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
        .text("mail.smtp.url", "An SMTP server: smtp://host:port or smtps://host:port."),
        .text("mail.smtp.user", "Who this is to the SMTP server, if it asks."),
        .secret("mail.smtp.password", "What proves it."),
        .flag(
            "mail.smtp.may-be-plain",
            "Whether smtp:// may stay without TLS, for a server on this machine."),
        .flag(
            "webhooks.may-be-private",
            "Whether webhooks may go to this machine and private networks."),
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

    /// What carries e-mails: the configured command or server, or a folder that the log names.
    static func mailer(_ context: ServiceContext) throws -> any Mailer {
        let command = context.configuration.list("mail.command")
        if !command.isEmpty { return try MailCommand(command) }
        if let url = context.configuration.optionalText("mail.smtp.url") {
            return try SMTPMailer(
                SMTPMailer.Settings(
                    url: url, user: context.configuration.optionalText("mail.smtp.user"),
                    password: context.configuration.secret("mail.smtp.password"),
                    mayBePlain: context.configuration.flag("mail.smtp.may-be-plain")))
        }
        let path =
            context.configuration.optionalText("mail.mailbox")
            ?? "\(context.dataDirectory)/mailbox"
        context.logger.notice("e-mails are put into a folder", metadata: ["mailbox": "\(path)"])
        return try MailboxFolder(path: path)
    }
}
