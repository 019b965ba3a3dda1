internal import YunCore

/// What an app may reach and what is enough for it.
extension ManifestDecoder {
    struct Network {
        var hosts: [HostPattern] = []
        var development: [DevelopmentHost] = []
    }

    func network(_ value: JSON, _ permission: JSON?) -> Network {
        guard let object = ObjectReader(value, "\"network\"", list) else { return Network() }
        let hosts = self.hosts(object.optional("hosts"), permission) { text throws(Failure) in
            try HostPattern(text)
        }
        let development = object.optional("development").map { self.development($0, permission) } ?? []
        object.finish(known: ["hosts", "development"])
        return Network(hosts: hosts, development: development)
    }

    private func development(_ value: JSON, _ permission: JSON?) -> [DevelopmentHost] {
        guard let object = ObjectReader(value, "\"development\"", list) else { return [] }
        let hosts = self.hosts(object.required("hosts", "add \"hosts\": [ ... ]"), permission) {
            text throws(Failure) in try DevelopmentHost(text)
        }
        object.finish(known: ["hosts"])
        return hosts
    }

    private func hosts<Host>(
        _ array: JSON?, _ permission: JSON?, _ host: (String) throws(Failure) -> Host
    ) -> [Host] {
        let elements = list.array(array, "\"hosts\"", countMax: Limits.hostsMax)
        if let array, !elements.isEmpty, !mayAsk(for: .network, permission) {
            list.report(
                array.position, "hosts are declared but the network is not asked for",
                "ask for \(Permission.network.fullName) in \"permission\"")
        }
        return elements.compactMap { value in
            list.string(value, "a host").flatMap { text in
                list.checking(text.json) { () throws(Failure) in try host(text.text) }
            }
        }
    }

    /// Whether a permission is asked for, or may be once what is wrong with the permissions is mended.
    private func mayAsk(for wanted: Permission, _ permission: JSON?) -> Bool {
        guard let permission else { return false }
        guard case .array(let elements)? = permission.member("use_permission")?.content else {
            return permission.member("use_permission") != nil
        }
        return elements.contains { element in
            guard case .string(let name)? = element.member("name")?.content else { return true }
            return Permission(fullName: name).map { $0 == wanted } ?? true
        }
    }

    func wishes(limits: JSON?, storage: JSON?) -> ResourceWishes {
        var wishes = ResourceWishes()
        if let limits, let object = ObjectReader(limits, "\"limits\"", list) {
            wishes.memoryMiB = number(object, "memory_mib", ResourceWishes.memoryMiBRange)
            wishes.processes = number(object, "processes", ResourceWishes.processesRange)
            object.finish(known: ["memory_mib", "processes"])
        }
        if let storage, let object = ObjectReader(storage, "\"storage\"", list) {
            wishes.storageMiB = number(object, "quota_mib", ResourceWishes.storageMiBRange)
            object.finish(known: ["quota_mib"])
        }
        return wishes
    }

    private func number(_ object: ObjectReader, _ key: String, _ range: ClosedRange<Int>) -> Int? {
        guard let (number, json) = list.integer(object.optional(key), "\"\(key)\"") else { return nil }
        guard range.contains(number) else {
            list.report(
                json.position, "\"\(key)\" cannot be \(number)",
                "write a number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    func background(_ value: JSON?) -> [BackgroundReason] {
        let elements = list.array(value, "\"background\"", countMax: BackgroundReason.allCases.count)
        var reasons: [BackgroundReason] = []
        for element in elements {
            guard let reason = list.choice(element, "a reason", BackgroundReason.self) else { continue }
            if reasons.contains(reason) {
                list.report(
                    element.position, "\"\(reason.rawValue)\" stands here twice", "name each reason once")
            }
            reasons.append(reason)
        }
        return reasons
    }

    /// M-7: who is followed while an app is hidden was asked for it.
    func checkBackground(_ pages: JSON?, _ permission: JSON?) {
        guard case .array(let pages)? = pages?.content, !mayAsk(for: .location, permission) else { return }
        for page in pages {
            guard case .array(let reasons)? = page.member("background")?.content else { continue }
            for reason in reasons {
                guard case .string("location") = reason.content else { continue }
                list.report(
                    reason.position, "a page follows the location but LOCATION is not asked for",
                    "ask for \(Permission.location.fullName) in \"permission\"")
            }
        }
    }
}
