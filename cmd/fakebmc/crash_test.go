//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/rmcp"
	"github.com/fakebmc/fakebmc/rmcp/console"
)

// Rounds of the crash test. All of them need the binary, since a program with the race detector starts slowly.
const (
	crashRounds = 200
	shortRounds = 15
)

// TestCrash ends fakebmc with SIGKILL at a random moment while two consoles write, and looks after each restart whether
// every write that was answered is there. A write that was under way may be there or not, whole.
func TestCrash(t *testing.T) {
	t.Parallel()
	binary, rounds := os.Getenv("CONFORMANCE_BINARY"), crashRounds
	if binary == "" {
		rounds = shortRounds
		var err error
		if binary, err = exec.LookPath("fakebmc"); err != nil {
			t.Fatal(err)
		}
	}
	c := &crash{t: t, binary: binary, dir: filepath.Join(t.TempDir(), "state"), addr: freeUDP(t)}
	for i := range c.writers {
		c.writers[i] = newCrashWriter(uint8(i), uint64(i+1))
	}
	random := rand.New(rand.NewPCG(7, 7))
	for round := range rounds {
		c.round(round, time.Duration(random.IntN(40))*time.Millisecond+time.Duration(random.IntN(1000))*time.Microsecond)
		if t.Failed() {
			return
		}
	}
	written := 0
	for _, w := range c.writers {
		written += w.answered
	}
	t.Logf("%d rounds, %d answered writes", rounds, written)
	if written < rounds {
		t.Errorf("only %d writes in %d rounds", written, rounds)
	}
}

type crash struct {
	t                 *testing.T
	binary, dir, addr string
	writers           [2]*crashWriter
}

// round starts fakebmc, compares, writes, and kills it after a time.
func (c *crash) round(round int, after time.Duration) {
	c.t.Helper()
	var out, log lockedBuffer
	cmd := exec.Command(c.binary, "--listen", c.addr, "--state-dir", c.dir, "--log-level", "warn")
	cmd.Env = []string{"GORACE=atexit_sleep_ms=0"}
	cmd.Stdout, cmd.Stderr = &out, &log
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		cmd.Wait()
		cancel()
		close(done)
	}()
	defer func() {
		cmd.Process.Kill()
		<-done
	}()
	if !eventually(done, func() bool { return strings.Contains(out.String(), "\n") }) {
		c.t.Errorf("round %d: fakebmc did not start:\n%s", round, log.String())
		return
	}
	var sessions [len(c.writers)]*console.Session
	for i, w := range c.writers {
		var err error
		if sessions[i], err = c.login(ctx); err == nil {
			err = w.compare(ctx, sessions[i])
		}
		if err != nil {
			c.t.Errorf("round %d: writer %d: %v\n%s", round, i, err, log.String())
			return
		}
	}
	if err := c.clearLog(ctx, sessions[0]); err != nil {
		c.t.Errorf("round %d: clear the log: %v", round, err)
		return
	}
	var first sync.Once // answer: from then on the time counts, however slow the computer is
	var writing sync.WaitGroup
	for i, w := range c.writers {
		writing.Go(func() {
			for w.write(ctx, sessions[i]) {
				first.Do(func() { time.AfterFunc(after, func() { cmd.Process.Kill() }) })
			}
			if w.err != nil {
				c.t.Errorf("round %d: writer %d: %v", round, i, w.err)
			}
		})
	}
	writing.Wait()
}

// clearLog makes room in the log, which holds 512 entries. Clients do it in three steps. [IPMI 2.0 §31.9]
func (c *crash) clearLog(ctx context.Context, s *console.Session) error {
	entries := 0
	for _, w := range c.writers {
		entries += len(w.entries)
	}
	if entries < 250 {
		return nil
	}
	id, err := s.Do(ctx, ipmb.NetFnStorage, ipmb.ReserveSEL.Cmd)
	if err != nil {
		return err
	}
	for operation, done := byte(0xaa), byte(0); done == 0; operation = 0 {
		answer, err := s.Do(ctx, ipmb.NetFnStorage, ipmb.ClearSEL.Cmd, id[0], id[1], 'C', 'L', 'R', operation)
		if err != nil {
			return err
		}
		done = answer[0] & 0x0f
	}
	for _, w := range c.writers {
		w.entries = nil
	}
	return nil
}

func (c *crash) login(ctx context.Context) (*console.Session, error) {
	con, err := console.Dial(c.addr, console.Options{Timeout: patience})
	if err != nil {
		return nil, err
	}
	c.t.Cleanup(func() { con.Close() })
	suite, _ := rmcp.SuiteByID(3)
	return con.Open20(ctx, console.Login20{User: "admin", Password: "password", Suite: suite, Privilege: ipmb.PrivilegeAdministrator})
}

// crashWriter writes to places that no other writer writes to, and remembers what must be there.
type crashWriter struct {
	number   uint8
	random   *rand.Rand
	want     map[place][]byte // answered
	pending  place            // of the write that was not answered
	value    []byte           // which it may have left; nil: there is none
	entries  []uint32         // numbers of log entries that were answered
	last     uint32           // number of the latest entry that was sent
	answered int
	err      error // an answer that is an error
}

// place is something that can be written and read.
type place struct {
	kind  string
	index uint8
}

func newCrashWriter(number uint8, seed uint64) *crashWriter {
	return &crashWriter{number: number, random: rand.New(rand.NewPCG(seed, 1)), want: make(map[place][]byte)}
}

// Requests of the places: users' names, bytes of the mainboard's EEPROM, alert destinations and the log.
func (w *crashWriter) set(p place, v []byte) (netFn ipmb.NetFn, cmd uint8, data []byte) {
	switch p.kind {
	case "user":
		return ipmb.NetFnApp, ipmb.SetUserName.Cmd, append([]byte{p.index}, v...)
	case "fru":
		return ipmb.NetFnStorage, ipmb.WriteFRUData.Cmd, append([]byte{0, p.index << 4, 0x10}, v...)
	case "lan":
		return ipmb.NetFnTransport, ipmb.SetLANConfigurationParameters.Cmd, append([]byte{1, 19, p.index, 0, 0}, v[:10]...)
	}
	return ipmb.NetFnStorage, ipmb.AddSELEntry.Cmd, append([]byte{0, 0, 0xe0}, v[:13]...)
}

// get is how the place is read, and where in the answer it is, behind the completion code.
func (w *crashWriter) get(p place) (netFn ipmb.NetFn, cmd uint8, data []byte, from, to int) {
	switch p.kind {
	case "user":
		return ipmb.NetFnApp, ipmb.GetUserName.Cmd, []byte{p.index}, 0, 16
	case "fru":
		return ipmb.NetFnStorage, ipmb.ReadFRUData.Cmd, []byte{0, p.index << 4, 0x10, 16}, 1, 17
	}
	return ipmb.NetFnTransport, ipmb.GetLANConfigurationParameters.Cmd, []byte{1, 19, p.index, 0}, 4, 14
}

// next chooses a place of the writer's own and a value for it.
func (w *crashWriter) next() (p place, v []byte) {
	v = make([]byte, 16)
	for i := range v {
		v[i] = 'a' + byte(w.random.IntN(26))
	}
	own := uint8(w.random.IntN(3)) + 3*w.number
	switch w.random.IntN(5) {
	case 0:
		return place{"user", 4 + own}, v
	case 1:
		return place{"fru", own}, v
	case 2:
		return place{"lan", 1 + own%2 + 2*w.number}, v[:10]
	}
	w.last++
	v[0] = w.number
	binary.LittleEndian.PutUint32(v[1:], w.last)
	return place{"sel", 0}, v
}

// write makes one write, and reports whether there may be another: at the end of fakebmc the write is pending.
func (w *crashWriter) write(ctx context.Context, s *console.Session) bool {
	p, v := w.next()
	w.pending, w.value = p, v
	netFn, cmd, data := w.set(p, v)
	if _, err := s.Do(ctx, netFn, cmd, data...); err != nil {
		var code ipmb.CompletionCode
		if errors.As(err, &code) {
			w.err = fmt.Errorf("%+v: %w", p, err)
		}
		return false
	}
	w.answered++
	w.value = nil
	if p.kind == "sel" {
		w.entries = append(w.entries, w.last)
	} else {
		w.want[p] = v
	}
	return true
}

// compare reads everything that was written, and settles what became of the write that was pending.
func (w *crashWriter) compare(ctx context.Context, s *console.Session) error {
	for p, want := range w.want {
		netFn, cmd, data, from, to := w.get(p)
		answer, err := s.Do(ctx, netFn, cmd, data...)
		if err != nil || len(answer) < to {
			return fmt.Errorf("read %+v: % x, %w", p, answer, err)
		}
		switch got := answer[from:to]; {
		case bytes.Equal(got, want):
		case w.value != nil && p == w.pending && bytes.Equal(got, w.value):
			w.want[p] = w.value
		default:
			return fmt.Errorf("%+v is %q, and %q was answered", p, got, want)
		}
	}
	w.value = nil
	return w.compareLog(ctx, s)
}

// compareLog looks for the entries that were answered, in their order, and perhaps the pending one behind them.
func (w *crashWriter) compareLog(ctx context.Context, s *console.Session) error {
	var found []uint32
	for id := []byte{0, 0}; !bytes.Equal(id, []byte{0xff, 0xff}); {
		answer, err := s.Do(ctx, ipmb.NetFnStorage, ipmb.GetSELEntry.Cmd, 0, 0, id[0], id[1], 0, 0xff)
		if errors.Is(err, ipmb.NotPresent) && bytes.Equal(id, []byte{0, 0}) {
			break // the log was cleared, and nothing came after it
		}
		if err != nil || len(answer) != 18 {
			return fmt.Errorf("read log entry % x: % x, %w", id, answer, err)
		}
		if id = answer[:2]; answer[4] == 0xe0 && answer[5] == w.number {
			found = append(found, binary.LittleEndian.Uint32(answer[6:]))
		}
	}
	for i, n := range w.entries {
		if i >= len(found) || found[i] != n {
			return fmt.Errorf("the log has %d, and %d were answered", found, w.entries)
		}
	}
	if len(found) > len(w.entries)+1 || len(found) > len(w.entries) && found[len(w.entries)] != w.last {
		return fmt.Errorf("the log has %d, and %d were answered", found, w.entries)
	}
	w.entries = found
	return nil
}
