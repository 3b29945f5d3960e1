package main

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// pty is a pseudo-terminal: the stream is its master side.
type pty struct {
	*os.File
	slave *os.File // kept open, so that the terminal lives on when its user goes away
}

// openPTY makes a pseudo-terminal in raw mode, and names it.
func openPTY() (io.ReadWriteCloser, string, error) {
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, "", err
	}
	p := &pty{File: master}
	name, err := p.unlock()
	if err == nil {
		p.slave, err = os.OpenFile(name, os.O_RDWR|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	}
	if err == nil {
		err = control(p.slave, makeRaw)
	}
	if err != nil {
		p.Close()
		return nil, "", fmt.Errorf("pseudo-terminal: %w", err)
	}
	return p, name, nil
}

// unlock lets others open the slave side, and returns its name.
func (p *pty) unlock() (name string, err error) {
	err = control(p.File, func(fd int) error {
		n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
		if err != nil {
			return err
		}
		name = fmt.Sprintf("/dev/pts/%d", n)
		return unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	})
	return name, err
}

// makeRaw lets every character through as it is, as a serial line does.
func makeRaw(fd int) error {
	t, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	if err != nil {
		return err
	}
	t.Iflag &^= unix.IGNBRK | unix.BRKINT | unix.PARMRK | unix.ISTRIP | unix.INLCR | unix.IGNCR | unix.ICRNL | unix.IXON
	t.Oflag &^= unix.OPOST
	t.Lflag &^= unix.ECHO | unix.ECHONL | unix.ICANON | unix.ISIG | unix.IEXTEN
	t.Cflag = t.Cflag&^(unix.CSIZE|unix.PARENB) | unix.CS8
	return unix.IoctlSetTermios(fd, unix.TCSETS, t)
}

// control calls f with the file's descriptor, without making the file a blocking one.
func control(f *os.File, do func(fd int) error) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var result error
	if err := raw.Control(func(fd uintptr) { result = do(int(fd)) }); err != nil {
		return err
	}
	return result
}

// Close ends reads and writes.
func (p *pty) Close() error {
	if p.slave != nil {
		p.slave.Close()
	}
	return p.File.Close()
}
