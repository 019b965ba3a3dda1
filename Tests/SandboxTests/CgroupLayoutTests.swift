import Platform
import Support
import Testing

@testable import Sandbox

@Suite("Finding control groups")
struct CgroupLayoutTests {
    private let hybrid = """
        31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
        35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
        39 31 0:36 / /sys/fs/cgroup/pids rw,relatime shared:5 - cgroup cgroup rw,pids
        41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
        """

    private func find(
        _ mounts: String, _ own: String, limiting: String? = nil, _ isUsable: (String) -> Bool
    ) throws -> CgroupLayout {
        try CgroupLayout.find(mounts: mounts, own: own, isUsable: isUsable) { $0 == limiting }
    }

    @Test("uses version 1 beside version 2 on a hybrid machine (S-30)")
    func findsHybrid() throws {
        let layout = try find(hybrid, "8:pids:/\n4:memory:/a/b\n1:name=systemd:/\n0::/\n") { _ in true }
        let expected = CgroupLayout(
            unified: "/sys/fs/cgroup/unified", memory: "/sys/fs/cgroup/memory/a/b",
            processes: "/sys/fs/cgroup/pids")
        #expect(layout == expected)
    }

    @Test("goes up to what is delegated and can limit, and no further than it may (S-30, S-31)")
    func findsDelegated() throws {
        let mounts = "26 23 0:23 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate\n"
        let own = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/x.scope\n"
        let service = "/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service"
        let scope = service + "/app.slice/x.scope"
        let bare = try find(mounts, own) { $0.isAt(orBelow: service) }
        #expect(bare == CgroupLayout(unified: scope))
        let slice = service + "/app.slice"
        let limiting = try find(mounts, own, limiting: slice) { $0.isAt(orBelow: service) }
        #expect(limiting == CgroupLayout(unified: slice, unifiedLimits: true))
        #expect(try find(mounts, own, limiting: slice) { _ in false } == .none)
    }

    @Test("ignores parts of a hierarchy, whose paths mean something else")
    func ignoresParts() throws {
        let mounts = "26 23 0:23 /docker/x /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"
        #expect(try find(mounts, "0::/docker/x\n") { _ in true } == .none)
    }

    @Test("a service of its own moves beside its apps, and hands out memory and processes (S-30, S-31)")
    func settles() throws {
        let directory = try TemporaryDirectory()
        try directory.write("cpu memory pids\n".utf8, to: "cgroup.controllers")
        for file in ["cgroup.subtree_control", "manager/cgroup.procs"] { try directory.write([], to: file) }
        try CgroupLayout.settle(in: AnchoredDirectory(at: directory.path))
        #expect(try directory.read("manager/cgroup.procs") == Array("0".utf8))
        #expect(try directory.read("cgroup.subtree_control") == Array("+memory +pids".utf8))
        let mounts = "26 23 0:23 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate\n"
        let service = "/sys/fs/cgroup/app.slice/pagemanagerd.service"
        let layout = try find(mounts, "0::/app.slice/pagemanagerd.service/manager\n", limiting: service) {
            $0.isAt(orBelow: service)
        }
        #expect(layout == CgroupLayout(unified: service, unifiedLimits: true))
    }

    @Test("where version 2 limits nothing, a service stays where it is")
    func staysOnHybrid() throws {
        let directory = try TemporaryDirectory()
        try directory.write("hugetlb\n".utf8, to: "cgroup.controllers")
        try CgroupLayout.settle(in: AnchoredDirectory(at: directory.path))
        #expect(try directory.tree() == ["cgroup.controllers"])
    }
}
