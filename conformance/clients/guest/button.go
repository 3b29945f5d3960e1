//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// button waits for the ACPI power button, and turns the power off as an operating system does.
func button() error {
	const evKey, keyPower, pressed = 1, 116, 1 // <linux/input-event-codes.h>
	f, err := openButton()
	if err != nil {
		return err
	}
	defer f.Close()
	fmt.Println("waiting")
	for b := make([]byte, 24); ; { // struct input_event: time, type, code, value
		if n, err := f.Read(b); err != nil || n != len(b) {
			return errors.Join(err, fmt.Errorf("%d bytes of an input event", n))
		}
		if b[16] == evKey && b[18] == keyPower && b[20] == pressed {
			return unix.Reboot(unix.LINUX_REBOOT_CMD_POWER_OFF)
		}
	}
}

// openButton finds the power button among the input devices.
func openButton() (*os.File, error) {
	names, _ := filepath.Glob("/sys/class/input/event*/device/name")
	for _, file := range names {
		if name, err := os.ReadFile(file); err == nil && strings.TrimSpace(string(name)) == "Power Button" {
			return os.Open("/dev/input/" + filepath.Base(filepath.Dir(filepath.Dir(file))))
		}
	}
	return nil, errors.New("there is no power button")
}
