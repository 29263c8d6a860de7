package servers

import "syscall"

// dieWithParent makes the kernel kill the child when the thread that starts the child ends. So the child
// also goes when a test times out.
func dieWithParent(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGKILL }
