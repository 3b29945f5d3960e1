package console_test

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/rmcp"
	"github.com/fakebmc/fakebmc/rmcp/console"
)

const getDeviceID = 0x01

// use proves that a session works, and closes it.
func use(t *testing.T, c *console.Console, s *console.Session) {
	t.Helper()
	ctx := limited(t)
	for range 3 {
		got, err := s.Do(ctx, ipmb.NetFnApp, getDeviceID)
		if err != nil || !bytes.Equal(got, deviceID) {
			t.Fatalf("Get Device ID: %x, %v", got, err)
		}
	}
	if _, err := s.Do(ctx, ipmb.NetFnApp, 0x7f); !errors.Is(err, ipmb.InvalidCommand) {
		t.Errorf("an unknown command: %v", err)
	}
	if err := s.Close(ctx); err != nil {
		t.Fatal(err)
	}
	if err := c.Quiet(ctx); err != nil {
		t.Error(err)
	}
}

func TestEverySuite(t *testing.T) {
	t.Parallel()
	kg := rmcp.NewKey([]byte("a BMC key of twenty!"))
	for id := range uint8(rmcp.SuiteCount) {
		suite, _ := rmcp.SuiteByID(id)
		for _, login := range []console.Login20{
			{User: "admin", Password: "secretpw"},
			{User: "admin", Password: "secretpw", KG: kg, Open: ipmb.PrivilegeAdministrator},
			{User: "twenty", Password: "twenty-byte-password", Lookup: console.ByRole, Privilege: ipmb.PrivilegeOperator},
			{Privilege: ipmb.PrivilegeUser},
		} {
			login.Suite = suite
			t.Run(fmt.Sprintf("22.15.2 %v user %q kg %v", suite, login.User, !login.KG.IsZero()), func(t *testing.T) {
				t.Parallel()
				c := dial(t, func(m *machine) { m.channel.KG = login.KG })
				s, err := c.Open20(limited(t), login)
				if err != nil {
					t.Fatal(err)
				}
				if s.Suite() != suite || !s.RMCPPlus() {
					t.Errorf("session has %v", s.Suite())
				}
				use(t, c, s)
			})
		}
	}
}

func TestEveryAuthType(t *testing.T) {
	t.Parallel()
	for _, authType := range []rmcp.AuthType{rmcp.AuthTypeNone, rmcp.AuthTypeMD2, rmcp.AuthTypeMD5, rmcp.AuthTypeStraight} {
		for _, off := range []bool{false, true} {
			t.Run(fmt.Sprintf("22.17 %v, per-message authentication off %v", authType, off), func(t *testing.T) {
				t.Parallel()
				c := dial(t, func(m *machine) { m.channel.MessageAuthOff = off })
				s, err := c.Open15(limited(t), console.Login15{User: "admin", Password: "secretpw", AuthType: authType})
				if err != nil {
					t.Fatal(err)
				}
				use(t, c, s)
			})
		}
	}
}

func TestBMCChoosesSuite(t *testing.T) {
	t.Parallel()
	c := dial(t, func(m *machine) { m.channel.Suites = m.channel.Suites[17:18] })
	s, err := c.Open20(limited(t), console.Login20{User: "admin", Password: "secretpw", AnySuite: true})
	if err != nil {
		t.Fatal(err)
	}
	if s.Suite().ID != 17 {
		t.Errorf("13.17: got %v, only 17 is enabled", s.Suite())
	}
	use(t, c, s)
}

func TestRefusedLogins(t *testing.T) {
	t.Parallel()
	suite3, _ := rmcp.SuiteByID(3)
	for _, test := range []struct {
		name   string
		login  console.Login20
		change func(*machine)
		want   error
	}{
		{"13.31 another password", console.Login20{User: "admin", Password: "secretpx"}, nil, console.ErrRAKP2Code},
		{"13.31 no KG where one is needed", console.Login20{User: "admin", Password: "secretpw"},
			func(m *machine) { m.channel.KG[0] = 1 }, console.ErrICV},
		{"13.24 unknown name", console.Login20{User: "nobody"}, nil, rmcp.StatusUnauthorizedName},
		{"13.24 no such suite", console.Login20{User: "admin", Password: "secretpw"},
			func(m *machine) { m.channel.Suites = m.channel.Suites[:1] }, rmcp.StatusNoCipherSuite},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			c := dial(t, test.change)
			test.login.Suite = suite3
			if _, err := c.Open20(limited(t), test.login); !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
		})
	}
	t.Run("22.16 unknown name", func(t *testing.T) {
		t.Parallel()
		_, err := dial(t, nil).Open15(limited(t), console.Login15{User: "nobody", AuthType: rmcp.AuthTypeMD5})
		if !errors.Is(err, ipmb.CompletionCode(0x81)) {
			t.Errorf("got %v, want 81h", err)
		}
	})
}

func TestManySessionsOnOneSocket(t *testing.T) {
	t.Parallel()
	c := dial(t, nil)
	var sessions []*console.Session
	for i := range 12 {
		suite, _ := rmcp.SuiteByID(uint8(i))
		s, err := c.Open20(limited(t), console.Login20{User: "admin", Password: "secretpw", Suite: suite})
		if err != nil {
			t.Fatal(err)
		}
		sessions = append(sessions, s)
	}
	old, err := c.Open15(limited(t), console.Login15{User: "admin", Password: "secretpw", AuthType: rmcp.AuthTypeMD2})
	if err != nil {
		t.Fatal(err)
	}
	m := c.Request(ipmb.NetFnApp, getDeviceID)
	for _, s := range append(sessions, old) { // ask all, then collect the answers from the last to the first
		if err := s.SendMessage(m); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range append([]*console.Session{old}, sessions...) {
		p, err := s.Receive(limited(t))
		if err != nil || p.Message.Cmd != getDeviceID || p.Message.Seq != m.Seq {
			t.Errorf("session %08Xh: %+v, %v", s.ID(), p, err)
		}
	}
	if err := c.Quiet(limited(t)); err != nil {
		t.Error(err)
	}
}
