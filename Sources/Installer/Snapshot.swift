internal import Platform
internal import Store
internal import YunCore

extension Installer {
    /// What a return to the release before will find.
    public enum WayBack: Sendable, Equatable {
        /// The data as it was at the update.
        case withData
        /// The data as it was at the update, which the running app may have been writing.
        case withDataInUse
        /// No data of its own, and why not.
        case withoutData(String)
    }

    /// Copies an app's data for the way back. Where that cannot be done the update goes on: an update may mend what is
    /// worse than a way back without data.
    /// - Returns: the copy's name below `snapshots`.
    func copyData(of domain: Domain, isRunning: Bool) throws(Failure) -> (name: String?, wayBack: WayBack) {
        let (copy, links) = ("data", "links")
        do throws(Failure) {
            // Other apps must not find the disk full because of a copy.
            let budgetBytes = try root.staging.freeBytes() / 10 * 9
            try ValueStore.withoutWrites(in: root.data.directory(domain.name)) { () throws(Failure) in
                try root.data.copyTree(
                    domain.name, to: root.staging, as: copy, links: root.staging.makeDirectory(links),
                    budgetBytes: budgetBytes)
            }
            try root.staging.removeTree(links)
            let name = String(UInt64.random(in: .min ... .max), radix: 16)
            try root.staging.move(copy, to: root.snapshots, as: name)
            return (name, isRunning ? .withDataInUse : .withData)
        } catch {
            try root.staging.removeTree(copy)
            try root.staging.removeTree(links)
            return (nil, .withoutData(error.message))
        }
    }
}
