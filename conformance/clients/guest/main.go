//go:build linux

// Command guest is the first process of the virtual machine that the suites boot: its init. It runs what it is told on
// the second serial port, a line at a time, with busybox's shell. Its subcommands are the software of a host that hears
// of other controllers: they talk to /dev/ipmi0 as the kernel's <linux/ipmi.h> says.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"

	"golang.org/x/sys/unix"
)

func main() {
	var err error
	switch {
	case os.Getpid() == 1:
		err = initialize()
	case len(os.Args) == 2 && os.Args[1] == "answer":
		err = answer()
	case len(os.Args) == 2 && os.Args[1] == "event":
		err = event()
	case len(os.Args) == 2 && os.Args[1] == "button":
		err = button()
	default:
		err = errors.New("usage: guest answer|event|button")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "guest:", err)
		os.Exit(1)
	}
}

// initialize mounts what every system has, and then obeys.
func initialize() error {
	for dir, kind := range map[string]string{"/proc": "proc", "/sys": "sysfs", "/dev": "devtmpfs"} {
		if err := unix.Mount(kind, dir, kind, 0, ""); err != nil {
			return fmt.Errorf("mount %s: %w", dir, err)
		}
	}
	if err := os.Setenv("PATH", "/bin"); err != nil {
		return err
	}
	line, err := os.OpenFile("/dev/ttyS1", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return err
	}
	if err := raw(line); err != nil {
		return err
	}
	console := exec.Command("/bin/busybox", "sh", "-i")
	console.Stdin, console.Stdout, console.Stderr = os.Stdin, os.Stdout, os.Stderr
	fmt.Println("guest is up")
	if err := console.Start(); err != nil {
		return err
	}
	return obey(line, line)
}

// raw turns a terminal into a plain stream.
func raw(f *os.File) error {
	t, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	if err != nil {
		return err
	}
	t.Iflag, t.Oflag, t.Lflag = 0, 0, 0
	t.Cc[unix.VMIN], t.Cc[unix.VTIME] = 1, 0
	return unix.IoctlSetTermios(int(f.Fd()), unix.TCSETS, t)
}

// obey says that it is ready, and runs lines. Each one's output ends with a byte 0, its exit status, and a line feed.
func obey(in io.Reader, out io.Writer) error {
	fmt.Fprint(out, "ready\x000\n")
	for lines := bufio.NewScanner(in); lines.Scan(); {
		cmd := exec.Command("/bin/busybox", "sh", "-c", lines.Text())
		text, err := cmd.CombinedOutput()
		status := cmd.ProcessState.ExitCode()
		if err != nil && status <= 0 {
			text, status = append(text, err.Error()...), 255
		}
		if _, err := fmt.Fprintf(out, "%s\x00%d\n", text, status); err != nil {
			return err
		}
	}
	return errors.New("the second serial port ended")
}
