package bmc_test

import (
	"bytes"
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/bmc/bmctest"
	"github.com/fakebmc/fakebmc/ipmb"
)

// seen is an observer that remembers.
type seen struct{ all []observed }

type observed struct {
	cmd  string
	code ipmb.CompletionCode
	took time.Duration
}

func (s *seen) Observe(cmd *bmc.Command, code ipmb.CompletionCode, took time.Duration) {
	name := "none"
	if cmd != nil {
		name = cmd.Name
	}
	s.all = append(s.all, observed{name, code, took})
}

func (s *seen) last(t *testing.T) observed {
	t.Helper()
	if len(s.all) == 0 {
		t.Fatal("nothing observed")
	}
	return s.all[len(s.all)-1]
}

func ask(t *testing.T, m *bmc.Machine, netFn ipmb.NetFn, cmd uint8, data ...byte) {
	t.Helper()
	_, err := m.RequestResponse(context.Background(), bmc.SystemRequest{
		NetworkFunction: uint8(netFn), Command: cmd, RequestData: data, RequestDataSize: uint32(len(data)),
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestObserver(t *testing.T) {
	t.Parallel()
	s := new(seen)
	m := bmctest.New(t, bmctest.Machine(bmc.WithObserver(s)))
	for _, test := range []struct {
		name  string
		netFn ipmb.NetFn
		cmd   uint8
		data  []byte
		want  observed
	}{
		{"[IPMI 2.0 §20.1] answered", ipmb.NetFnApp, 0x01, nil, observed{cmd: "Get Device ID", code: ipmb.OK}},
		{"refused by the table's checks", ipmb.NetFnApp, 0x01, []byte{1}, observed{cmd: "Get Device ID", code: ipmb.LengthInvalid}},
		{"no row", 0x3e, 0x01, nil, observed{cmd: "none", code: ipmb.InvalidCommand}},
		{"[IPMI 2.0 §5.1] group extension without its body is nobody's command", ipmb.NetFnGroup, 0x01, nil,
			observed{cmd: "none", code: ipmb.LengthInvalid}},
	} {
		ask(t, m, test.netFn, test.cmd, test.data...)
		got := s.last(t)
		if got.took < 0 {
			t.Errorf("%s: took %v", test.name, got.took)
		}
		if got.took = 0; got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
	if len(s.all) != 4 {
		t.Errorf("observed %d requests, want 4", len(s.all))
	}
}

func TestExchangesAreLogged(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	srv, con := bmctest.Pipe(t, bmctest.Machine(bmc.WithLog(zerolog.New(&log).Level(zerolog.DebugLevel))))
	s := srv.Login(con, "admin", "password")
	log.Reset()
	// Set User Password, user 3, set: the data is a secret. [IPMI 2.0 §22.30]
	secret := "opensesame"
	data := make([]byte, 18)
	data[0], data[1] = 3, 2
	copy(data[2:], secret)
	if _, err := s.Do(context.Background(), ipmb.NetFnApp, 0x47, data...); err != nil {
		t.Fatal(err)
	}
	var line map[string]any
	if err := json.Unmarshal(log.Bytes(), &line); err != nil {
		t.Fatalf("%v: %s", err, log.Bytes())
	}
	for field, want := range map[string]any{
		"level": "debug", "message": "request answered", "cmd": "set-user-password", "op": "06h/47h", "channel": 1.0,
		"cc": ipmb.OK.String(), "user": "admin", "session": float64(s.ID()),
	} {
		if line[field] != want {
			t.Errorf("%s: got %v, want %v", field, line[field], want)
		}
	}
	for _, field := range []string{"peer", "dur"} {
		if line[field] == nil {
			t.Errorf("%s: not there", field)
		}
	}
	if bytes.Contains(log.Bytes(), []byte(secret)) {
		t.Error("the password is in the log")
	}
}

func TestExchangesAreNotLoggedAtInfo(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	m := bmctest.New(t, bmctest.Machine(bmc.WithLog(zerolog.New(&log).Level(zerolog.InfoLevel))))
	ask(t, m, ipmb.NetFnApp, 0x01)
	if log.Len() > 0 {
		t.Errorf("logged %s", log.Bytes())
	}
}
