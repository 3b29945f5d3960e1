//go:build clients

package clients

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// port is where all machines listen: some clients cannot be told another.
const port = "623"

// patience is how long a machine may take to say that it is there, and to go.
const patience = 10 * time.Second

// addresses counts the loopback addresses handed out.
var addresses atomic.Uint32

// nextAddress is a loopback address that no other machine of this run has, and that another run on the same computer
// is unlikely to have.
func nextAddress() string {
	n := addresses.Add(1)
	return fmt.Sprintf("127.%d.%d.%d", 64+os.Getpid()%128, n/250, 1+n%250)
}

// machine is one running fakebmc.
type machine struct {
	addr string
	log  *logbook
}

// start runs a machine of the named profile, or of the profile file, until the test ends.
func start(t *testing.T, profile string, flags ...string) *machine {
	t.Helper()
	m := &machine{addr: nextAddress(), log: &logbook{ready: make(chan struct{})}}
	m.log.grown.L = &m.log.mu
	cmd := exec.Command(fakebmc, append([]string{"serve", "--profile", profile, "--listen", m.addr + ":" + port,
		"--log-level", "debug", "--log-format", "json"}, flags...)...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}
	cmd.Dir = t.TempDir()
	cmd.Stdout, cmd.Stderr = m.log, m.log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	exited := make(chan error, 1)
	go func() { exited <- cmd.Wait() }()
	t.Cleanup(func() { m.stop(t, cmd, exited) })
	select {
	case <-m.log.ready:
	case err := <-exited:
		exited <- err
		t.Fatalf("fakebmc ended at once: %v\n%s", err, m.log)
	case <-time.After(patience):
		t.Fatalf("fakebmc does not say that it is ready\n%s", m.log)
	}
	return m
}

// stop ends the daemon as an init system would, and shows its log when the test has failed.
func (m *machine) stop(t *testing.T, cmd *exec.Cmd, exited chan error) {
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Errorf("fakebmc was gone before the test ended: %v", err)
	}
	select {
	case err := <-exited:
		if err != nil {
			t.Errorf("fakebmc does not end cleanly on SIGTERM: %v", err)
		}
	case <-time.After(patience):
		t.Errorf("fakebmc does not end on SIGTERM")
		if err := cmd.Process.Kill(); err != nil {
			t.Error(err)
		}
		<-exited
	}
	if t.Failed() {
		t.Logf("log of %s:\n%s", m.addr, m.log)
	}
}

// profile writes a profile file and returns its path.
func profile(t *testing.T, yaml string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "machine.yaml")
	if err := os.WriteFile(path, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// logbook keeps what the daemon writes, and notices the line that is ready to paste, with which it says that it
// listens.
type logbook struct {
	mu     sync.Mutex // guards text and opened
	grown  sync.Cond  // text has; L is mu
	text   strings.Builder
	opened bool
	ready  chan struct{} // closed by Write
}

var _ io.Writer = (*logbook)(nil)

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.Write(p)
	l.grown.Broadcast()
	if !l.opened && strings.Contains(l.text.String(), "ipmitool ") {
		l.opened = true
		close(l.ready)
	}
	return len(p), nil
}

// String is the log so far; of a long one, the end.
func (l *logbook) String() string {
	const most = 200
	l.mu.Lock()
	defer l.mu.Unlock()
	var lines []string
	for scan := bufio.NewScanner(strings.NewReader(l.text.String())); scan.Scan(); {
		lines = append(lines, scan.Text())
	}
	if len(lines) > most {
		lines = append([]string{"…"}, lines[len(lines)-most:]...)
	}
	return strings.Join(lines, "\n")
}

// comes reports whether the text is in the log, and waits a little for it: what the daemon writes is on its way when a client
// has its answer.
func (l *logbook) comes(text string) bool {
	return l.waitFor(func() bool { return strings.Contains(l.text.String(), text) })
}

// waitFor waits a little until the log has something, and reports whether it has. It is asked under the lock.
func (l *logbook) waitFor(has func() bool) bool {
	end := time.Now().Add(2 * time.Second)
	defer time.AfterFunc(time.Until(end), func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.grown.Broadcast()
	}).Stop()
	l.mu.Lock()
	defer l.mu.Unlock()
	for !has() {
		if !time.Now().Before(end) {
			return false
		}
		l.grown.Wait()
	}
	return true
}

// lines counts the lines of the log that have all of the texts, and waits a little until there are as many as are wanted.
func (l *logbook) lines(want int, texts ...string) (n int) {
	l.waitFor(func() bool {
		n = 0
		for line := range strings.Lines(l.text.String()) {
			if !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(line, text) }) {
				n++
			}
		}
		return n >= want
	})
	return n
}
