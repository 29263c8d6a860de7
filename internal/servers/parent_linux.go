package servers

import "syscall"

// dieWithParent has the kernel kill the child when the thread that starts it ends, as when a test times out.
func dieWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGKILL }
