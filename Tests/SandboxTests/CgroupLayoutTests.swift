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

    @Test("uses version 1 beside version 2 on a hybrid machine (S-30)")
    func findsHybrid() {
        let own = "8:pids:/\n4:memory:/a/b\n0::/\n"
        let layout = CgroupLayout.find(mounts: hybrid, own: own) { _ in true }
        #expect(layout.unified == "/sys/fs/cgroup/unified")
        #expect(layout.memory == "/sys/fs/cgroup/memory/a/b")
        #expect(layout.processes == "/sys/fs/cgroup/pids")
    }

    @Test("goes up to what is delegated, and no further than it finds (S-30)")
    func findsDelegated() {
        let mounts = "26 23 0:23 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate\n"
        let own = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/x.scope\n"
        let delegated = "/sys/fs/cgroup/user.slice/user-1000.slice/user@1000.service"
        let layout = CgroupLayout.find(mounts: mounts, own: own) { $0 == delegated }
        #expect(layout.unified == delegated)
        #expect(CgroupLayout.find(mounts: mounts, own: own) { _ in false } == .none)
    }

    @Test("ignores parts of a hierarchy, whose paths mean something else")
    func ignoresParts() {
        let mounts = "26 23 0:23 /docker/x /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"
        #expect(CgroupLayout.find(mounts: mounts, own: "0::/docker/x\n") { _ in true } == .none)
    }
}
