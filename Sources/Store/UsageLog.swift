public import Platform
internal import Synchronization
public import YunCore

/// Collects who used what and how many bytes went where, and writes it into the registry every few seconds from a
/// thread of its own: no call of an app waits for the disk, and an idle phone does not wake up for it.
public final class UsageLog: Sendable {
    private struct Use: Hashable {
        let domain: Domain
        let permission: Permission
        let method: String
        let minute: Int
    }

    private struct Way: Hashable {
        let domain: Domain
        let network: NetworkKind
        let day: Int
    }

    private enum Order { case write, end }

    private struct Collected {
        var uses: [Use: Int] = [:]
        var traffic: [Way: (bytesIn: Int, bytesOut: Int)] = [:]
        var isEmpty: Bool { uses.isEmpty && traffic.isEmpty }
    }

    /// While the registry cannot be written, no more than so many rows wait; they are bounded by apps, methods and
    /// minutes, so only a disk that stays full gets here.
    private static let waitingRowsMax = 10_000

    private let collected = Mutex(Collected())
    private let registry: SharedRegistry
    private let inbox: Inbox<Order>
    private let writer = Mutex<Thread?>(nil)

    /// - Parameters:
    ///   - path: the registry's file.
    ///   - intervalMilliseconds: how long what was noted may wait.
    ///   - announceFailure: told why nothing could be written; it is tried again.
    public init(
        path: String, intervalMilliseconds: Int = 5000,
        announceFailure: @escaping @Sendable (Failure) -> Void
    ) throws(Failure) {
        registry = try SharedRegistry(path: path)
        inbox = try Inbox()
        let thread = try Thread { [self] in
            while !inbox.receive().contains(.end) {
                // What comes meanwhile is written with it.
                let deadline = CurrentProcess.monotonicNanoseconds + intervalMilliseconds * 1_000_000
                let isEnding = inbox.receive(until: deadline).contains(.end)
                do throws(Failure) {
                    try write()
                } catch {
                    announceFailure(error)
                    inbox.send(.write)
                }
                if isEnding { return }
            }
        }
        writer.withLock { $0 = thread }
    }

    /// Writes what is left and ends the thread; after that nothing more may be noted.
    public func end() throws(Failure) {
        inbox.send(.end)
        writer.withLock { $0.take() }?.join()
        try write()
    }

    /// Notes that an app used a permission, now.
    public func note(
        _ permission: Permission, by method: String, of domain: Domain, at time: Int = CurrentProcess.now
    ) {
        add { collected in
            let use = Use(domain: domain, permission: permission, method: method, minute: time / 60)
            guard collected.uses[use] != nil || collected.uses.count < Self.waitingRowsMax else { return }
            collected.uses[use, default: 0] += 1
        }
    }

    /// Notes bytes that went in and out.
    public func note(
        bytesIn: Int, bytesOut: Int, over network: NetworkKind, of domain: Domain,
        at time: Int = CurrentProcess.now
    ) {
        add { collected in
            let way = Way(domain: domain, network: network, day: time / 86_400)
            guard collected.traffic[way] != nil || collected.traffic.count < Self.waitingRowsMax else {
                return
            }
            let sum = collected.traffic[way] ?? (0, 0)
            collected.traffic[way] = (sum.bytesIn + bytesIn, sum.bytesOut + bytesOut)
        }
    }

    private func add(_ change: (inout Collected) -> Void) {
        let isFirst = collected.withLock { collected in
            let wasEmpty = collected.isEmpty
            change(&collected)
            return wasEmpty
        }
        if isFirst { inbox.send(.write) }
    }

    /// Writes what was noted until now, for whoever is about to read or to end. What cannot be written is kept.
    public func write() throws(Failure) {
        let taken = collected.withLock { collected in
            defer { collected = Collected() }
            return collected
        }
        guard !taken.isEmpty else { return }
        do throws(Failure) {
            try registry.withLock { registry throws(Failure) in
                try registry.add(
                    taken.uses.map {
                        PermissionUse(
                            domain: $0.key.domain, permission: $0.key.permission, method: $0.key.method,
                            at: $0.key.minute * 60, count: $0.value)
                    },
                    taken.traffic.map {
                        Traffic(
                            domain: $0.key.domain, day: $0.key.day, network: $0.key.network,
                            bytesIn: $0.value.bytesIn, bytesOut: $0.value.bytesOut)
                    })
            }
        } catch {
            collected.withLock { collected in
                collected.uses.merge(taken.uses) { $0 + $1 }
                collected.traffic.merge(taken.traffic) {
                    ($0.bytesIn + $1.bytesIn, $0.bytesOut + $1.bytesOut)
                }
            }
            throw error
        }
    }
}
