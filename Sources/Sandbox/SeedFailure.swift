internal import Glibc
internal import Platform
internal import YunCore

extension Failure {
    /// A step of a launch that failed with an error on an object.
    static func step(_ step: String, on object: String, error: Int32, of plan: Plan) -> Failure {
        errno = error
        let what = object.isEmpty ? step : "\(step) (\(object.escaped))"
        let failure = Failure.system(
            "cannot start the sandbox of \(plan.page.domain): \(what)", code: .sandboxFailed)
        return Failure(failure.code, failure.message, hint: stepHint(step, error) ?? failure.hint)
    }

    /// What can be done about a step that fails because of the machine.
    private static func stepHint(_ step: String, _ error: Int32) -> String? {
        switch step {
        case "create the namespaces":
            "this user may not create user namespaces; see user.max_user_namespaces and "
                + "kernel.apparmor_restrict_unprivileged_userns"
        case "restrict files" where error == ENOSYS || error == EOPNOTSUPP:
            "apps need Linux 6.7 or later with Landlock in its lsm= list"
        case "create a file system" where error == EPERM:
            "a container that hides parts of /proc cannot start apps"
        case "start the program" where error == ENOENT:
            "the file, or the interpreter or loader that it names, is missing"
        case "start the program" where error == EACCES: "the file is not executable"
        case "start the program" where error == ENOEXEC:
            "it is no program, or one for another processor: build it for this machine, and begin scripts with #!"
        default: nil
        }
    }
}
