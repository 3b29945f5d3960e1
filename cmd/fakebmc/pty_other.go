//go:build !linux

package main

import (
	"errors"
	"io"
)

// openPTY makes a pseudo-terminal, where it is known how.
func openPTY() (io.ReadWriteCloser, string, error) {
	return nil, "", errors.New("pseudo-terminals are only known on Linux; use tcp:, unix: or exec:")
}
