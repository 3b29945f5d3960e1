//go:build clients

package main

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestReadmeClients runs the README's ipmitool commands against the machine that its quick start serves, on another
// port.
func TestReadmeClients(t *testing.T) {
	t.Parallel()
	conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(conn.LocalAddr().String())
	stop, ended := make(chan os.Signal, 1), make(chan int)
	go func() {
		ended <- run([]string{"--listen", "127.0.0.1:6230"}, process{
			out: new(bytes.Buffer), err: new(bytes.Buffer),
			signals: func() <-chan os.Signal { return stop },
			listen:  func(string, string) (net.PacketConn, error) { return conn, nil },
		})
	}()
	defer func() {
		stop <- syscall.SIGTERM
		if status := <-ended; status != exitOK {
			t.Errorf("exit status %d", status)
		}
	}()
	ran := 0
	for _, s := range readmeSteps(t, readReadme(t)) {
		if !strings.HasPrefix(s.command, "ipmitool ") {
			continue
		}
		ran++
		args := strings.Fields(strings.Replace(s.command, "-p 6230", "-p "+port, 1))
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		cmd := exec.CommandContext(ctx, args[0], args[1:]...)
		cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "LC_ALL=C", "TZ=UTC"}
		got, err := cmd.CombinedOutput()
		cancel()
		if err != nil {
			t.Errorf("$ %s: %v", s.command, err)
		}
		if string(got) != s.output {
			t.Errorf("$ %s\ngot:\n%swant:\n%s", s.command, got, s.output)
		}
	}
	if ran == 0 {
		t.Error("the README has no ipmitool command")
	}
}

// TestReadmeState runs the README's shell script about state that lasts, on another port.
func TestReadmeState(t *testing.T) {
	t.Parallel()
	_, port, _ := net.SplitHostPort(freeUDP(t))
	var script string
	for _, block := range regexp.MustCompile("(?ms)^```sh\n(.*?)^```$").FindAllStringSubmatch(readReadme(t), -1) {
		if strings.Contains(block[1], "--state-dir") {
			script = strings.ReplaceAll(block[1], "6230", port)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-c", script+"kill $!; wait $!\n")
	cmd.Dir = t.TempDir()
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + cmd.Dir, "LC_ALL=C"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	defer func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }() // what the script left, if anything
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if want := "5   alice            true    false      true       NO ACCESS\n"; !strings.HasSuffix(string(out), want) {
		t.Errorf("got %q, want %q in the end", out, want)
	}
}
