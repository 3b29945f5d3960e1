//go:build unix

package main

import (
	"os/exec"
	"syscall"
)

// ownGroup gives a command that is to be started a process group of its own, so that its children can end with it.
func ownGroup(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// killGroup ends a command of its own group and everything that it started.
func killGroup(c *exec.Cmd) { _ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL) }
