public import CloudDatabase
public import CloudModel
public import OAuth

/// What a phone is told that wants to be let in.
public struct DeviceAnswer: Sendable {
    /// What the phone asks with.
    public let deviceCode: String
    /// What the owner types.
    public let userCode: UserCode
    /// How long there is for it.
    public let expiresSeconds: Int64
    /// How long the phone waits between two questions.
    public let intervalSeconds: Int64
}

/// What an owner is asked who has typed a phone's code.
public struct DeviceQuestion: Sendable {
    /// What was typed.
    public let userCode: UserCode
    /// Which client.
    public let client: Client
    /// What the phone says of itself.
    public let device: DeviceDescription?
    /// What it wants.
    public let scopes: Scopes
}

extension AuthorizationServer {
    private static let missing = Problem(
        .notFound, "there is no such code, or its time is over; look at the device again", reason: .codeWrong)
    /// Somebody else's code is as good as none, so another try is made with other letters.
    private static let triesMax = 5

    /// Begins to let a phone in (RFC 8628): it shows a code, which its owner types where they are signed in.
    public func beginDeviceSignIn(
        _ parameters: RequestParameters, authorization header: String?, from visitor: Visitor
    ) async throws(Problem) -> DeviceAnswer {
        try parameters.requireOnce()
        let credentials = try ClientCredentials(authorization: header, parameters)
        let text = try parameters.value("scope")
        let name = try parameters.value("device_name")
        let model = try parameters.value("device_model")
        let now = clock()
        return try await database.write { transaction throws(Problem) in
            let client = try transaction.client(credentials)
            guard client.hasDeviceCodes else {
                throw Problem(.unauthorizedClient, "the client does not sign in with codes that are typed")
            }
            let scopes = try text.map { text throws(Problem) in try Scopes(text).allowed(client.scopes) }
            var device: DeviceDescription?
            if client.isPhone { device = try DeviceDescription(name: name ?? "", model: model ?? "") }
            try GuessLimit.deviceCodeToAddress.count(visitor.network, in: transaction, at: now)
            for _ in 0..<Self.triesMax {
                let secret = TokenSecret(.deviceCode)
                let code = DeviceCode(
                    digest: secret.digest, userCode: UserCode(), client: client.id,
                    scopes: scopes ?? client.scopes, device: device, intervalSeconds: Self.intervalSeconds,
                    expiresAt: now.advanced(bySeconds: Self.deviceSeconds))
                guard try transaction.codes.insert(code) else { continue }
                return DeviceAnswer(
                    deviceCode: secret.text, userCode: code.userCode, expiresSeconds: Self.deviceSeconds,
                    intervalSeconds: Self.intervalSeconds)
            }
            throw Problem(.unavailable, "too many devices want to be let in at the moment; try again")
        }
    }

    /// What the owner is to be asked about the code they have typed. What is no code and what is over are told alike.
    public func question(userCode typed: String, account: AccountID, from visitor: Visitor)
        async throws(Problem) -> DeviceQuestion
    {
        let userCode = try await userCode(typed, account, visitor)
        let now = clock()
        return try await database.read { transaction throws(Problem) in
            guard let code = try transaction.codes.find(userCode, at: now),
                let client = try transaction.clients.find(code.client)
            else { throw Self.missing }
            return DeviceQuestion(
                userCode: userCode, client: client, device: code.device, scopes: code.scopes)
        }
    }

    /// Lets a phone in, or not, as its owner has decided.
    /// - Parameter authenticatedAt: when the owner showed who they are.
    public func decide(
        _ isAllowed: Bool, userCode typed: String, account: AccountID, authenticatedAt: Instant,
        from visitor: Visitor
    ) async throws(Problem) {
        let userCode = try await userCode(typed, account, visitor)
        let now = clock()
        try await database.write { transaction throws(Problem) in
            guard let code = try transaction.codes.find(userCode, at: now) else { throw Self.missing }
            guard isAllowed else { return try transaction.codes.decide(code.digest, grant: nil) }
            let device = try code.device.map { description throws(Problem) in
                try transaction.devices.insert(description, of: account, at: now)
            }
            let grant = NewGrant(
                account: account, client: code.client, device: device, scopes: code.scopes,
                authenticatedAt: authenticatedAt, expiresAt: code.expiresAt)
            try transaction.codes.decide(code.digest, grant: try transaction.grants.insert(grant, at: now))
            try transaction.note(
                .deviceSignedIn, code.device?.name ?? code.client, from: visitor, of: account, at: now)
        }
    }

    /// What was typed, unless this account or this address has typed too often: codes are short enough to be guessed.
    private func userCode(_ typed: String, _ account: AccountID, _ visitor: Visitor) async throws(Problem)
        -> UserCode
    {
        let now = clock()
        try await database.write { transaction throws(Problem) in
            try GuessLimit.deviceCodeOfAccount.count("\(account)", in: transaction, at: now)
            try GuessLimit.deviceCodeFromAddress.count(visitor.network, in: transaction, at: now)
        }
        guard let userCode = UserCode(typed: typed) else { throw Self.missing }
        return userCode
    }
}
