package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/rmcp"
	"github.com/fakebmc/fakebmc/rmcp/console"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"fakebmc": main})
}

// patience is how long a script waits for what must come.
const patience = 15 * time.Second

// TestScripts runs the scripts of testdata/script. Beside testscript's own commands they have those of scriptCommands;
// $ADDR and $ADDR2 are free UDP addresses, $HTTP a free TCP address, $PORT the port of $ADDR.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			addr := freeUDP(t)
			_, port, _ := net.SplitHostPort(addr)
			env.Setenv("ADDR", addr)
			env.Setenv("ADDR2", freeUDP(t))
			env.Setenv("PORT", port)
			env.Setenv("HTTP", freeTCP(t))
			env.Setenv("GORACE", "atexit_sleep_ms=0") // with -race, every process waits a second in the end
			env.Values["script"] = &script{}
			return nil
		},
		Cmds: scriptCommands,
	})
}

func freeUDP(t *testing.T) string {
	t.Helper()
	c, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.LocalAddr().String()
}

func freeTCP(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// script is what the commands of one script share.
type script struct {
	daemon *running
}

func of(ts *testscript.TestScript) *script { return ts.Value("script").(*script) }

var scriptCommands = map[string]func(*testscript.TestScript, bool, []string){
	"exits":    cmdExits,
	"start":    cmdStart,
	"signal":   cmdSignal,
	"log":      cmdLog,
	"stopped":  cmdStopped,
	"ping":     cmdPing,
	"session":  cmdSession,
	"get":      cmdGet,
	"take":     cmdTake,
	"rename":   cmdRename,
	"username": cmdUsername,
}

func usage(ts *testscript.TestScript, ok bool, text string) {
	if !ok {
		ts.Fatalf("usage: %s", text)
	}
}

// cmdExits runs a program and checks its exit status: exits STATUS PROGRAM ARG...
func cmdExits(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, !neg && len(args) >= 2, "exits STATUS PROGRAM ARG...")
	err := ts.Exec(args[1], args[2:]...)
	status := 0
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		status = exit.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if strconv.Itoa(status) != args[0] {
		ts.Fatalf("exit status %d, want %s", status, args[0])
	}
}

// running is a fakebmc that runs.
type running struct {
	cmd      *exec.Cmd
	out, err lockedBuffer
	done     chan struct{} // closed when it ended
}

type lockedBuffer struct {
	mu sync.Mutex // guards buf
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// cmdStart starts `fakebmc ARG...` and waits for its first line on standard output, which is the command's: start ARG...
func cmdStart(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, !neg, "start ARG...")
	s := of(ts)
	p := &running{done: make(chan struct{})}
	p.cmd = exec.Command("fakebmc", args...)
	for _, dir := range filepath.SplitList(ts.Getenv("PATH")) {
		if path := filepath.Join(dir, "fakebmc"); isFile(path) {
			p.cmd.Path, p.cmd.Err = path, nil
			break
		}
	}
	p.cmd.Dir = ts.Getenv("WORK")
	p.cmd.Env = scriptEnvironment(ts)
	p.cmd.Stdout, p.cmd.Stderr = &p.out, &p.err
	ts.Check(p.cmd.Start())
	go func() {
		p.cmd.Wait()
		close(p.done)
	}()
	ts.Defer(func() {
		p.cmd.Process.Kill()
		<-p.done
	})
	s.daemon = p
	if !eventually(p.done, func() bool { return strings.Contains(p.out.String(), "\n") }) {
		ts.Fatalf("fakebmc did not start:\n%s%s", p.out.String(), p.err.String())
	}
	io.WriteString(ts.Stdout(), p.out.String())
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// scriptEnvironment is the script's environment as far as fakebmc cares.
func scriptEnvironment(ts *testscript.TestScript) []string {
	env := []string{"PATH=" + ts.Getenv("PATH")}
	for _, name := range append(variables(), "FAKEBMC_SERVICE_HOST", "GORACE") {
		if v := ts.Getenv(name); v != "" {
			env = append(env, name+"="+v)
		}
	}
	return env
}

// eventually waits until a condition holds, or done is closed.
func eventually(done <-chan struct{}, holds func() bool) bool {
	deadline, tick := time.After(patience), time.NewTicker(2*time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-done:
			return holds()
		case <-deadline:
			return false
		}
	}
	return true
}

// cmdSignal sends a signal to the running fakebmc: signal HUP|INT|KILL|TERM
func cmdSignal(ts *testscript.TestScript, neg bool, args []string) {
	signals := map[string]os.Signal{"HUP": syscall.SIGHUP, "INT": syscall.SIGINT, "KILL": syscall.SIGKILL, "TERM": syscall.SIGTERM}
	usage(ts, !neg && len(args) == 1 && signals[args[0]] != nil, "signal HUP|INT|KILL|TERM")
	ts.Check(of(ts).daemon.cmd.Process.Signal(signals[args[0]]))
}

// cmdLog waits until the running fakebmc's log matches, or with ! checks that it does not: [!] log REGEXP
func cmdLog(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, len(args) == 1, "[!] log REGEXP")
	p, re := of(ts).daemon, regexp.MustCompile("(?m)"+args[0])
	if neg {
		if found := re.FindString(p.err.String()); found != "" {
			ts.Fatalf("the log has %q", found)
		}
		return
	}
	if !eventually(p.done, func() bool { return re.MatchString(p.err.String()) }) {
		ts.Fatalf("the log has no match for %s:\n%s", args[0], p.err.String())
	}
}

// cmdStopped waits for the end of the running fakebmc and checks its exit status: stopped STATUS
func cmdStopped(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, !neg && len(args) == 1, "stopped STATUS")
	p := of(ts).daemon
	select {
	case <-p.done:
	case <-time.After(patience):
		ts.Fatalf("fakebmc did not end")
	}
	if got := p.cmd.ProcessState.ExitCode(); strconv.Itoa(got) != args[0] {
		ts.Fatalf("exit status %d, want %s:\n%s", got, args[0], p.err.String())
	}
}

// cmdPing sends an RMCP presence ping until it is answered, or with ! once: [!] ping ADDR
func cmdPing(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, len(args) == 1, "[!] ping ADDR")
	opt := console.Options{Timeout: 200 * time.Millisecond, Retries: 50}
	if neg {
		opt.Retries = 0
	}
	c, err := console.Dial(args[0], opt)
	ts.Check(err)
	defer c.Close()
	pong, err := c.Ping(context.Background())
	switch {
	case neg && err == nil:
		ts.Fatalf("%s answered", args[0])
	case !neg && err != nil:
		ts.Fatalf("%v", err)
	case !neg && pong.Entities&rmcp.EntityIPMI == 0:
		ts.Fatalf("%s does not say that it speaks IPMI", args[0])
	}
}

// cmdSession opens an RMCP+ session with suite 17, keeps it and sets $SESSION to its ID, or with ! checks that the login
// is refused: [!] session ADDR USER PASSWORD
func cmdSession(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, len(args) == 3, "[!] session ADDR USER PASSWORD")
	c, err := console.Dial(args[0], console.Options{})
	ts.Check(err)
	ts.Defer(func() { c.Close() })
	suite, _ := rmcp.SuiteByID(17)
	session, err := c.Open20(context.Background(), console.Login20{User: args[1], Password: args[2], Suite: suite, Privilege: ipmb.PrivilegeUser})
	switch {
	case neg && err == nil:
		ts.Fatalf("%s is logged in", args[1])
	case !neg && err != nil:
		ts.Fatalf("%v", err)
	case !neg:
		ts.Setenv("SESSION", strconv.FormatUint(uint64(session.ID()), 10))
	}
}

// cmdGet fetches a URL, checks its status and writes its body to standard output: get STATUS URL
func cmdGet(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, !neg && len(args) == 2, "get STATUS URL")
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, args[1], nil)
	ts.Check(err)
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport}).Do(req)
	ts.Check(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	ts.Check(err)
	ts.Stdout().Write(body)
	if strconv.Itoa(resp.StatusCode) != args[0] {
		ts.Fatalf("status %d, want %s: %s", resp.StatusCode, args[0], body)
	}
}

// cmdTake opens an address and keeps it until the script ends: take udp|tcp ADDR
func cmdTake(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, !neg && len(args) == 2, "take udp|tcp ADDR")
	var c io.Closer
	var err error
	if args[0] == "udp" {
		c, err = net.ListenPacket("udp", args[1])
	} else {
		c, err = net.Listen("tcp", args[1])
	}
	ts.Check(err)
	ts.Defer(func() { c.Close() })
}

// administrator opens a session as generic's administrator.
func administrator(ts *testscript.TestScript, addr string) *console.Session {
	c, err := console.Dial(addr, console.Options{Timeout: patience})
	ts.Check(err)
	ts.Defer(func() { c.Close() })
	suite, _ := rmcp.SuiteByID(3)
	session, err := c.Open20(context.Background(), console.Login20{User: "admin", Password: "password", Suite: suite, Privilege: ipmb.PrivilegeAdministrator})
	ts.Check(err)
	return session
}

// cmdRename sets the name of a user ID: rename ADDR ID NAME
func cmdRename(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, !neg && len(args) == 3, "rename ADDR ID NAME")
	id, err := strconv.ParseUint(args[1], 10, 6)
	ts.Check(err)
	data := append([]byte{byte(id)}, make([]byte, 16)...)
	copy(data[1:], args[2])
	_, err = administrator(ts, args[0]).Do(context.Background(), ipmb.NetFnApp, ipmb.SetUserName.Cmd, data...)
	ts.Check(err)
}

// cmdUsername checks the name of a user ID: username ADDR ID NAME
func cmdUsername(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, !neg && len(args) == 3, "username ADDR ID NAME")
	id, err := strconv.ParseUint(args[1], 10, 6)
	ts.Check(err)
	name, err := administrator(ts, args[0]).Do(context.Background(), ipmb.NetFnApp, ipmb.GetUserName.Cmd, byte(id))
	ts.Check(err)
	if got := string(bytes.TrimRight(name, "\x00")); got != args[2] {
		ts.Fatalf("user %s is %q, want %q", args[1], got, args[2])
	}
}
