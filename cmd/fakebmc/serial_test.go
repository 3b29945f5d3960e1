package main

import (
	"context"
	"io"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/fakebmc/fakebmc/profiles"
)

// TestOpenSerial sends a few characters to the far end of each kind of stream and reads what comes back.
func TestOpenSerial(t *testing.T) {
	t.Parallel()
	echo := func(l net.Listener, err error) net.Listener {
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		go func() {
			if c, err := l.Accept(); err == nil {
				io.Copy(c, c)
				c.Close()
			}
		}()
		return l
	}
	path := filepath.Join(t.TempDir(), "s")
	tcp := echo(net.Listen("tcp4", "127.0.0.1:0"))
	echo(net.Listen("unix", path))
	for _, to := range []string{"tcp:" + tcp.Addr().String(), "unix:" + path, "exec:exec cat", "pty"} {
		stream, name, err := openSerial(context.Background(), profiles.SOLTarget(to))
		if err != nil {
			t.Fatalf("%s: %v", to, err)
		}
		if to == "pty" {
			far, err := os.OpenFile(name, os.O_RDWR, 0)
			if err != nil {
				t.Fatal(err)
			}
			go func() {
				defer far.Close()
				b := make([]byte, 5)
				io.ReadFull(far, b)
				far.Write(b)
			}()
		}
		b := make([]byte, 5)
		if _, err := io.WriteString(stream, "a\r\x03\nb"); err != nil {
			t.Fatalf("%s: %v", to, err)
		}
		if _, err := io.ReadFull(stream, b); err != nil || string(b) != "a\r\x03\nb" {
			t.Errorf("%s: %q, %v", to, b, err)
		}
		ended := make(chan error)
		go func() {
			_, err := stream.Read(b)
			ended <- err
		}()
		stream.Close()
		if err := <-ended; err == nil {
			t.Errorf("%s: Close does not end a read", to)
		}
	}
}

func TestSerialFlag(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "tcp", "tcp:1", "unix:", "exec:", "tty", "demo:1"} {
		if err := new(solTarget).Set(bad); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}
