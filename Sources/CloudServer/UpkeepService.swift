internal import CloudMessages
internal import CloudModel
internal import CloudService
internal import Logging
internal import ServiceLifecycle

/// Removes what nothing refers to any more, for as long as the server runs.
struct UpkeepService: Service {
    private static let pause = Duration.seconds(10)
    private static let roundsBetweenSearches = 360

    let upkeep: Upkeep
    let authorization: AuthorizationServer
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var round = 0
            while !Task.isCancelled {
                do throws(Problem) {
                    try await upkeep.removeExpiredUploads()
                    try await upkeep.removeUnused()
                    try await upkeep.removeExpiredTokens()
                    if round % Self.roundsBetweenSearches == 0 {
                        try await upkeep.removeOld()
                        try await upkeep.removeAccounts()
                        try await upkeep.forgetOld()
                        try await upkeep.removeOrphans()
                        try await authorization.renewKeys()
                    }
                } catch {
                    guard !Task.isCancelled else { return }
                    logger.error("upkeep failed", metadata: ["cause": "\(error.cause ?? error.detail)"])
                }
                round += 1
                do { try await Task.sleep(for: Self.pause) } catch { return }
            }
        }
    }
}

/// Sends messages soon after they are committed, whichever server has committed them.
struct MessageService: Service {
    private static let pause = Duration.milliseconds(500)

    let sending: MessageSending
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do throws(Problem) {
                    for problem in try await sending.sendAll() { log(problem) }
                } catch { log(error) }
                do { try await Task.sleep(for: Self.pause) } catch { return }
            }
        }
    }

    private func log(_ problem: Problem) {
        logger.error("a message was not sent", metadata: ["cause": "\(problem.cause ?? problem.detail)"])
    }
}
