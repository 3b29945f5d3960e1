package rmcp

import (
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// TestInactivity: a session ends after sixty seconds without a good packet of its own. [IPMI 2.0 §6.12.15]
func TestInactivity(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		table, m := newTestTable(Options{})
		busy := login20(newPeer(t, table), 3, "admin", "secretpw")
		quiet := login15(newPeer(t, table), AuthTypeMD5, "admin", "secretpw")
		for range 5 {
			time.Sleep(30 * second)
			busy.do(1)
		}
		synctest.Wait()
		if table.Active() != 1 || len(m.ended) != 1 || m.ended[0] != EndTimeout {
			t.Fatalf("%d active, ended %v; want the quiet session to be gone", table.Active(), m.ended)
		}
		quiet.dropped(DropUnknownSession, quiet.packet15(AuthTypeMD5, quiet.seq, request(1, 1)))
		time.Sleep(59 * second)
		bad := busy.packet(busy.seq+1, PayloadIPMI, true, true, request(1, 1))
		bad[len(bad)-1]++
		busy.dropped(DropAuthCode, bad) // does not count
		busy.dropped(DropUnauthenticated, busy.packet(1, PayloadIPMI, false, false, request(1, 1)))
		time.Sleep(2 * second)
		synctest.Wait()
		if table.Active() != 0 || !table.wakeAt.IsZero() {
			t.Errorf("%d active after 61 s, timer set for %v", table.Active(), table.wakeAt)
		}
	})
}

// TestHalfOpen: unfinished logins neither take sessions' slots nor stay. [IPMI 2.0 §6.12a]
func TestHalfOpen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		table, _ := newTestTable(Options{Slots: 2})
		victim := newConsole20(newPeer(t, table), 3, "admin", "secretpw")
		victim.open()
		thief := newConsole20(newPeer(t, table), 3, "admin", "wrong")
		ordered := func() {
			t.Helper()
			for i, s := range table.halfOpen {
				if table.byID[s.id] != s || slices.Index(table.halfOpen, s) != i || i > 0 && s.lastSeen.Before(table.halfOpen[i-1].lastSeen) {
					t.Fatalf("login %d of %d is lost, there twice, or not in the order of the last packets", i, len(table.halfOpen))
				}
			}
		}
		for i := range 3 * halfOpenSlots {
			time.Sleep(time.Millisecond)
			thief.from.Peer = netip.AddrPortFrom(thief.from.Peer.Addr(), uint16(40000+i))
			if s := thief.open(); s != StatusOK {
				t.Fatalf("attempt %d: %v", i, s)
			}
			if i%(halfOpenSlots/2) == 0 && i < halfOpenSlots {
				victim.sendRAKP1(victim.rakp1()) // what is in progress stays
				ordered()
			}
			if i == halfOpenSlots+halfOpenSlots/4 {
				if s, _ := victim.sendRAKP3(victim.rakp3()); s != StatusOK {
					t.Fatalf("RAKP 4 for a login in progress: %v", s)
				}
			}
		}
		if n := len(table.byID); n != halfOpenSlots+1 {
			t.Errorf("%d entries, want %d logins and one session", n, halfOpenSlots)
		}
		login20(newPeer(t, table), 3, "admin", "secretpw")
		time.Sleep(DefaultHalfOpen + second)
		synctest.Wait()
		if len(table.byID) != 2 || len(table.halfOpen) != 0 {
			t.Errorf("%d entries after the logins' time", len(table.byID))
		}
		c := newConsole20(newPeer(t, table), 3, "admin", "secretpw")
		if s := c.open(); s != StatusInsufficientResources {
			t.Errorf("third session of two: %v", s)
		}
		time.Sleep(DefaultInactivity)
		synctest.Wait()
		if len(table.byID) != 0 || !table.wakeAt.IsZero() {
			t.Errorf("%d entries in the end, timer set for %v", len(table.byID), table.wakeAt)
		}
	})
}

// TestCloseAll: the end of the machine ends every session and stops the timer. [IPMI 2.0 §13.16]
func TestCloseAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		table, m := newTestTable(Options{})
		login20(newPeer(t, table), 3, "admin", "secretpw")
		login15(newPeer(t, table), AuthTypeMD5, "admin", "secretpw")
		newConsole20(newPeer(t, table), 3, "admin", "secretpw").open()
		table.CloseAll()
		if len(table.byID) != 0 || len(m.ended) != 2 || m.ended[0] != EndChange || !table.wakeAt.IsZero() {
			t.Errorf("%d entries, ended %v", len(table.byID), m.ended)
		}
		table.CloseAll()
		login20(newPeer(t, table), 3, "admin", "secretpw").do(1)
		table.CloseAll()
	})
}

// TestHandles: handles are unique, that of a session that is over comes again only after all others, and with more
// sessions than handles there are sessions without one. [IPMI 2.0 §22.7, Table 22-10 note 1, §22.20]
func TestHandles(t *testing.T) {
	t.Parallel()
	table, _ := newTestTable(Options{Slots: 1000})
	defer table.CloseAll()
	p := newPeer(t, table)
	for want := uint8(1); want < 4; want++ {
		login20(p, 0, "admin", "")
		if got := table.ByIndex(1).Handle(); got != want {
			t.Errorf("one session after the other: handle %d, want %d", got, want)
		}
		table.CloseAll()
	}
	for range 300 {
		login20(p, 0, "admin", "")
	}
	seen := map[uint8]int{}
	for i := 1; table.ByIndex(i) != nil; i++ {
		seen[table.ByIndex(i).Handle()]++
	}
	if len(seen) != 255 || seen[0] != 300-254 || seen[255] != 0 || table.ActiveOn(testChannel) != 300 || table.ActiveOn(2) != 0 {
		t.Fatalf("%d different handles, %d sessions without", len(seen), seen[0])
	}
	table.Lock()
	table.End(table.ByHandle(77), EndClosed)
	table.End(table.ByIndex(290), EndClosed) // one without a handle
	table.Unlock()
	login20(p, 0, "admin", "")
	if s := table.ByHandle(77); s == nil || s != table.ByIndex(299) {
		t.Error("handle 77 was not used again")
	}
	n := 0
	table.Lock()
	table.Sessions(func(s *Session) bool { n++; table.End(s, EndClosed); return true })
	table.Unlock()
	if n != 299 || table.Active() != 0 || table.handles != [4]uint64{} {
		t.Errorf("%d sessions ended, %d left, handles %x", n, table.Active(), table.handles)
	}
}

// TestHalfOpenBesideSession: a session's later deadline does not keep an unfinished login alive.
func TestHalfOpenBesideSession(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		table, _ := newTestTable(Options{})
		defer table.CloseAll()
		c := login20(newPeer(t, table), 3, "admin", "secretpw")
		time.Sleep(DefaultHalfOpen + second) // the login's own timer has run
		c.do(1)
		newConsole20(newPeer(t, table), 3, "admin", "secretpw").open()
		time.Sleep(DefaultHalfOpen + second)
		synctest.Wait()
		if len(table.halfOpen) != 0 || table.Active() != 1 {
			t.Errorf("%d logins, %d sessions; want the session alone", len(table.halfOpen), table.Active())
		}
	})
}

// TestUnauthenticatedPayload: what anybody can send neither keeps a session alive nor moves it. [IPMI 2.0 §6.12.15]
func TestUnauthenticatedPayload(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		table, _ := newTestTable(Options{})
		c := login20(newPeer(t, table), 2, "admin", "secretpw")
		c.do(1)
		other := newPeer(t, table)
		for seq := range uint32(3) {
			time.Sleep(25 * second)
			other.send(c.packet(seq+1, PayloadSOL, false, false, []byte{0, 0, 0, 0}))
		}
		synctest.Wait()
		if len(other.wire.sent) != 0 || table.Active() != 0 {
			t.Errorf("%d datagrams to somebody else, %d sessions", len(other.wire.sent), table.Active())
		}
	})
}

// TestFloodPushesOutItsOwnLogins: however many logins an address begins, another address's goes on. [IPMI 2.0 §6.12a]
func TestFloodPushesOutItsOwnLogins(t *testing.T) {
	t.Parallel()
	table, _ := newTestTable(Options{})
	patient := newConsole20(newPeer(t, table), 3, "admin", "secretpw")
	if s := patient.open(); s != StatusOK {
		t.Fatal(s)
	}
	flood := newPeer(t, table)
	flood.from.Peer = netip.MustParseAddrPort("192.0.2.66:50000")
	for range 10 * halfOpenSlots {
		c := newConsole20(flood, 3, "admin", "secretpw")
		flood.from.Peer = netip.AddrPortFrom(flood.from.Peer.Addr(), flood.from.Peer.Port()+1)
		if s := c.open(); s != StatusOK {
			t.Fatal(s)
		}
	}
	if n := len(table.halfOpen); n != halfOpenSlots {
		t.Errorf("%d unfinished logins, want %d", n, halfOpenSlots)
	}
	if table.byID[patient.x.ManagedID] == nil {
		t.Error("the flood pushed out another address's login")
	}
}
