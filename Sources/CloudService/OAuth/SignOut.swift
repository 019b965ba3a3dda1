public import CloudDatabase
public import CloudModel
public import OAuth

/// A client's wish that the owner be signed out here (OpenID Connect RP-Initiated Logout).
public struct SignOutWish: Sendable {
    /// Which client, where it says so.
    public let client: Client?
    /// Whom it means, as it knows them, where it shows an id token of ours.
    public let subject: String?
    /// Where the browser goes afterwards.
    public let address: String?
    /// What a page's policy says of that address.
    public let formTarget: String?
}

extension AuthorizationServer {
    /// What a client wants. A problem is for the owner's eyes: nobody is sent to an address that is not a client's own.
    public func signOutWish(_ parameters: RequestParameters) async throws(Problem) -> SignOutWish {
        try parameters.requireOnce()
        var claims: IDClaims?
        if let hint = try parameters.value("id_token_hint") {
            claims = try IDToken.claims(of: hint, keys: try await signingKeys(), issuer: issuer, at: clock())
        }
        let id = try parameters.value("client_id")
        guard id == nil || claims == nil || id == claims?.aud else {
            throw Problem(.malformed, "the id token is another client's")
        }
        let text = try parameters.value("post_logout_redirect_uri")
        let state = try parameters.value("state")
        let subject = claims?.sub
        guard let known = claims?.aud ?? id else {
            guard text == nil else {
                throw Problem(.malformed, "post_logout_redirect_uri needs client_id or id_token_hint")
            }
            return SignOutWish(client: nil, subject: nil, address: nil, formTarget: nil)
        }
        return try await database.read { transaction throws(Problem) in
            guard let client = try transaction.clients.find(known) else {
                throw Problem(.notFound, "there is no client of this id here")
            }
            guard let text else {
                return SignOutWish(client: client, subject: subject, address: nil, formTarget: nil)
            }
            let uri = try RedirectURI(text)
            guard try transaction.clients.redirects(of: known, for: .signOut).contains(uri) else {
                throw Problem(.malformed, "post_logout_redirect_uri is not one of the client's")
            }
            return SignOutWish(
                client: client, subject: subject,
                address: Address.adding([("state", state)], to: uri.description), formTarget: uri.formTarget)
        }
    }

    /// Whether a wish is about this account, and so need not be asked about.
    public func isMeant(_ account: AccountID, by wish: SignOutWish) async throws(Problem) -> Bool {
        guard let client = wish.client, let subject = wish.subject else { return false }
        return try await database.read { transaction throws(Problem) in
            PairwiseSubject.text(of: try transaction.accounts.subject(of: account), for: client.sector)
                == subject
        }
    }
}
