//go:build !unix

package main

import "os/exec"

// ownGroup does nothing: there are no process groups here.
func ownGroup(*exec.Cmd) {}

// killGroup ends a command. What it started lives on.
func killGroup(c *exec.Cmd) { _ = c.Process.Kill() }
