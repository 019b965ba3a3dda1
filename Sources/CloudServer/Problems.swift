internal import CloudModel
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import OAuth

/// A problem as clients read it (RFC 9457).
private struct ProblemDocument: Encodable {
    let type: String
    let title: String
    let status: Int
    let detail: String
}

/// Answers every failure with a problem document, and keeps what only the operator may know for the log.
struct ProblemMiddleware: RouterMiddleware {
    func handle(
        _ request: Request, context: CloudContext, next: (Request, CloudContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            let problem = Problem(answering: error)
            problem.log(context)
            return try problem.response()
        }
    }
}

extension Problem {
    /// Tells the operator what lies behind it, where something does.
    func log(_ context: CloudContext) {
        guard let cause else { return }
        context.logger.error(
            "a request failed", metadata: ["code": "\(code.rawValue)", "cause": "\(cause)"])
    }

    /// The problem behind an error of any kind.
    init(answering error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as HTTPError: self = Problem(error)
        case is ConnectionHandler.BodyBrokenOff: self.init(.malformed, "the body broke off")
        case is NIOTooManyBytesError: self.init(.tooLarge, "the body is too large")
        // Connections break, and clients send what is no HTTP: neither is a failure of the server's.
        case is HTTPParserError, is IOError, is ChannelError:
            self.init(.malformed, "the request broke off, or is no HTTP")
        default: self = .fault("\(error)")
        }
    }

    /// What the server's own library says.
    private init(_ error: HTTPError) {
        let code = ProblemCode.allCases.first { $0.status == error.status.code } ?? .malformed
        self.init(code, error.body ?? code.title)
    }

    /// As JSON.
    func document() throws -> Data {
        let document = ProblemDocument(
            type: "urn:yun:problem:\(code.rawValue)", title: code.title, status: code.status, detail: detail)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(document)
    }

    /// The answer.
    func response() throws -> Response {
        var response = Response(
            status: .init(code: code.status), headers: [.contentType: "application/problem+json"],
            body: .init(byteBuffer: ByteBuffer(bytes: try document())))
        response.addChallenges(for: self)
        return response
    }
}

extension Response {
    /// Says how a client can show who it is. Each way has a field of its own: not every client reads lists.
    mutating func addChallenges(for problem: Problem) {
        let basic = "Basic realm=\"Yun\", charset=\"UTF-8\""
        let challenges =
            switch problem.code {
            case .unauthenticated: [basic, "Bearer realm=\"Yun\""]
            case .invalidClient: [basic]
            case .invalidToken, .insufficientScope:
                ["Bearer realm=\"Yun\", error=\"\(problem.oauthCode)\""]
            default: [String]()
            }
        for challenge in challenges {
            headers.append(HTTPField(name: .wwwAuthenticate, value: challenge))
        }
    }
}
