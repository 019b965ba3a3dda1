internal import YunCore

/// One request to one address. A transfer is a chain of them, each made from the one before and its response as
/// `fetch` does; each asks the policy (`spec/network.md`, N-7).
struct Hop {
    let method: RequestMethod
    let url: RequestURL
    let reach: RequestPolicy.Reach
    let headers: [HeaderLine]
    let sendsBody: Bool
    /// How many redirects led here.
    let redirects: Int

    /// The first hop of a request.
    init(_ request: NetworkRequest, _ policy: RequestPolicy) throws(Failure) {
        method = request.method
        url = try RequestURL(request.url)
        reach = try policy.admit(url)
        headers = try HeaderLine.checked(request.headers)
        if case .none = request.body { sendsBody = false } else { sendsBody = true }
        redirects = 0
        guard !(sendsBody && method.isBodiless) else {
            throw Failure(
                .networkRequest, "a \(method) request cannot have a body", hint: "use POST or another method")
        }
    }

    private init(
        _ previous: Hop, method: RequestMethod, url: RequestURL, reach: RequestPolicy.Reach,
        headers: [HeaderLine], sendsBody: Bool
    ) {
        self.method = method
        self.url = url
        self.reach = reach
        self.headers = headers
        self.sendsBody = sendsBody
        redirects = previous.redirects + 1
    }

    static func isRedirect(_ status: Int) -> Bool { [301, 302, 303, 307, 308].contains(status) }

    /// The next hop, where the response is a redirect to be followed; `nil` where it is the app's.
    func following(
        _ status: Int, location: String?, redirectsMax: Int, _ policy: RequestPolicy
    ) throws(Failure) -> Hop? {
        guard Self.isRedirect(status), redirectsMax > 0, let location else { return nil }
        guard redirects < redirectsMax else {
            throw Failure(.networkResponse, "\(url.host) redirects more than \(redirectsMax.counted("time"))")
        }
        let next: RequestURL
        let reach: RequestPolicy.Reach
        do throws(Failure) {
            next = try url.redirected(to: location)
            reach = try policy.admit(next)
        } catch {
            throw error.during("\(url.host) redirects to where the app may not go")
        }
        let becomesGet =
            (status == 301 || status == 302) && method.text == "POST" || status == 303 && !method.isBodiless
        var dropped: Set<String> = []
        if becomesGet {
            dropped = ["content-encoding", "content-language", "content-location", "content-type"]
        }
        // What proves the app's user to one origin is nothing for another.
        if !next.hasOrigin(of: url) { dropped.formUnion(["authorization", "cookie"]) }
        return Hop(
            self, method: becomesGet ? .get : method, url: next, reach: reach,
            headers: headers.filter { !dropped.contains($0.name) }, sendsBody: sendsBody && !becomesGet)
    }
}
