package bmc_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/fakebmc/fakebmc/bmc/bmctest"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/rmcp"
	"github.com/fakebmc/fakebmc/rmcp/console"
)

// client asks one session and compares whole answers, completion code first.
type client struct {
	t *testing.T
	s *console.Session
}

func (c client) want(name string, op ipmb.Op, req, want string) {
	c.t.Helper()
	if got, w := c.ask(op, req), unhex(c.t, want); !bytes.Equal(got, w) {
		c.t.Errorf("%s: %s [%s] answered [% x], want [% x]", name, op, req, got, w)
	}
}

func (c client) ask(op ipmb.Op, req string) []byte {
	c.t.Helper()
	data := append(op.AppendExtension(nil), unhex(c.t, req)...)
	got, err := c.s.Do(context.Background(), op.NetFn, op.Cmd, data...)
	var code ipmb.CompletionCode
	if err != nil && !errors.As(err, &code) {
		c.t.Fatalf("%s: %v", op, err)
	}
	return append([]byte{byte(code)}, got...)
}

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return b
}

func suite(id uint8) rmcp.Suite {
	s, _ := rmcp.SuiteByID(id)
	return s
}

// payloadMachine offers two OEM payloads on channel 1.
func payloadMachine(p *profiles.Profile) {
	for i := range p.Channels {
		if p.Channels[i].Number == 1 {
			p.Channels[i].OEMPayloads = []profiles.OEMPayload{
				{Handle: 0x20, Enterprise: 19046, ID: 0x0102, Version: 0x10},
				{Handle: 0x2f, Enterprise: 343, ID: 7, Version: 0x21},
			}
		}
	}
}

func sol(edit func(*profiles.SOL)) bmctest.Option {
	return bmctest.Edit(func(p *profiles.Profile) {
		for i := range p.Channels {
			if p.Channels[i].Number == 1 {
				edit(&p.Channels[i].SOL)
			}
		}
	})
}

const activateSOL = "01 01 c0 00 00 00"

func TestPayloadActivation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv, c := bmctest.Pipe(t)
		admin := client{t, srv.Login(c, "admin", "password")}
		user := client{t, srv.Login(srv.Console(), "user", "password")}
		admin.want("§24.4 nothing is active", ipmb.GetPayloadActivationStatus, "01", "00 01 00 00")
		admin.want("§24.5 nothing is active", ipmb.GetPayloadInstanceInfo, "01 01", "00 00000000 01 00000000000000")
		admin.want("§24.2 already deactivated", ipmb.DeactivatePayload, "01 01 00 00 00 00", "80")
		user.want("§24.1 encrypted and authenticated", ipmb.ActivatePayload, activateSOL, "00 00000000 ff00 ff00 6f02 ffff")
		user.want("§24.1 again on the same session", ipmb.ActivatePayload, activateSOL, "00 00000000 ff00 ff00 6f02 ffff")
		admin.want("§24.1 active on another session", ipmb.ActivatePayload, activateSOL, "80")
		admin.want("§24.4 instance 1", ipmb.GetPayloadActivationStatus, "01", "00 01 01 00")
		id := hex.EncodeToString(binary.LittleEndian.AppendUint32(nil, user.s.ID()))
		admin.want("§24.5 on the user's session", ipmb.GetPayloadInstanceInfo, "01 01", "00"+id+"01 00000000000000")
		admin.want("§24.2 an administrator may", ipmb.DeactivatePayload, "01 01 00 00 00 00", "00")
		admin.want("§24.1 then it is free", ipmb.ActivatePayload, activateSOL, "00 00000000 ff00 ff00 6f02 ffff")
		user.want("§24.2 a user may not", ipmb.DeactivatePayload, "01 01 00 00 00 00", "d4")
		if err := admin.s.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		user.want("§24.2 ends with its session", ipmb.GetPayloadActivationStatus, "01", "00 01 00 00")
		user.want("§24.1 IPMI messages", ipmb.ActivatePayload, "00 01 00 00 00 00", "cc")
		user.want("§24.2 IPMI messages", ipmb.DeactivatePayload, "00 01 00 00 00 00", "cc")
		user.want("§24.5 IPMI messages", ipmb.GetPayloadInstanceInfo, "00 01", "cc")
		user.want("§24.1 instance 0", ipmb.ActivatePayload, "01 00 c0 00 00 00", "c9")
		user.want("§24.1 instance 2 of 1", ipmb.ActivatePayload, "01 02 c0 00 00 00", "c9")
		user.want("§24.1 encrypted, not authenticated", ipmb.ActivatePayload, "01 01 80 00 00 00", "cc")
		user.want("§24.1 short", ipmb.ActivatePayload, "01 01", "c7")
	})
}

func TestPayloadPolicy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv, c := bmctest.Pipe(t, sol(func(s *profiles.SOL) { s.ForceEncryption, s.Privilege = true, ipmb.PrivilegeOperator }))
		operator := client{t, srv.Login(c, "operator", "password")}
		user := client{t, srv.Login(srv.Console(), "user", "password")}
		plain := client{t, srv.LoginWith(srv.Console(), console.Login20{User: "operator", Password: "password", Suite: suite(2)})}
		operator.want("§24.1 encryption is demanded", ipmb.ActivatePayload, "01 01 40 00 00 00", "84")
		plain.want("§24.1 the session cannot encrypt", ipmb.ActivatePayload, activateSOL, "83")
		plain.want("§26.3 parameter 2: force encryption if the suite has it", ipmb.ActivatePayload, "01 01 40 00 00 00", "00 00000000 ff00 ff00 6f02 ffff")
		plain.want("§24.2", ipmb.DeactivatePayload, "01 01 00 00 00 00", "00")
		user.want("§26.2 parameter 2: privilege", ipmb.ActivatePayload, activateSOL, "d4")
		operator.want("§24.1", ipmb.ActivatePayload, activateSOL, "00 00000000 ff00 ff00 6f02 ffff")
		operator.want("§24.3 suspend is forbidden", ipmb.SuspendResumePayloadEncryption, "01 01 00", "81")

		off, c := bmctest.Pipe(t, sol(func(s *profiles.SOL) { s.Enabled = false }))
		disabled := client{t, off.Login(c, "admin", "password")}
		disabled.want("§24.1 disabled", ipmb.ActivatePayload, activateSOL, "81")
		disabled.want("§24.2 disabled", ipmb.DeactivatePayload, "01 01 00 00 00 00", "81")

		two, c := bmctest.Pipe(t, sol(func(s *profiles.SOL) { s.Instances = 2 }))
		a, b := client{t, two.Login(c, "admin", "password")}, client{t, two.Login(two.Console(), "admin", "password")}
		a.want("§24.1 instance 1", ipmb.ActivatePayload, activateSOL, "00 00000000 ff00 ff00 6f02 ffff")
		b.want("§24.1 instance 1 is taken, one is free", ipmb.ActivatePayload, activateSOL, "80")
		a.want("§15.9 a session's packets do not tell instances apart", ipmb.ActivatePayload, "01 02 c0 00 00 00", "82")
		b.want("§24.1 instance 2", ipmb.ActivatePayload, "01 02 c0 00 00 00", "00 00000000 ff00 ff00 6f02 ffff")
		third := client{t, two.Login(two.Console(), "admin", "password")}
		third.want("§24.1 all are taken", ipmb.ActivatePayload, activateSOL, "82")
		third.want("§24.1 reserved behavior of alerts", ipmb.ActivatePayload, "01 01 cc 00 00 00", "cc")
		a.want("§24.4", ipmb.GetPayloadActivationStatus, "01", "00 02 03 00")
	})
}

func TestSuspendResumePayloadEncryption(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv, c := bmctest.Pipe(t)
		admin := client{t, srv.Login(c, "admin", "password")}
		plain := client{t, srv.LoginWith(srv.Console(), console.Login20{User: "admin", Password: "password", Suite: suite(2)})}
		admin.want("§24.3 instance not active", ipmb.SuspendResumePayloadEncryption, "01 01 00", "83")
		admin.want("§24.3 no such payload type", ipmb.SuspendResumePayloadEncryption, "07 01 00", "80")
		admin.want("§24.3 IPMI messages, suspend", ipmb.SuspendResumePayloadEncryption, "00 01 00", "00")
		admin.want("§24.3 IPMI messages, resume", ipmb.SuspendResumePayloadEncryption, "00 01 01", "00")
		admin.want("§24.3 IPMI messages, regenerate", ipmb.SuspendResumePayloadEncryption, "00 01 02", "00")
		admin.want("§24.3 reserved operation", ipmb.SuspendResumePayloadEncryption, "00 01 03", "80")
		plain.want("§24.3 the session cannot encrypt", ipmb.SuspendResumePayloadEncryption, "00 01 00", "82")
		admin.want("§24.1", ipmb.ActivatePayload, activateSOL, "00 00000000 ff00 ff00 6f02 ffff")
		admin.want("§24.3 SOL, suspend", ipmb.SuspendResumePayloadEncryption, "01 01 00", "00")
	})
}

func TestUserPayloadAccess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv, c := bmctest.Pipe(t)
		admin := client{t, srv.Login(c, "admin", "password")}
		user := client{t, srv.Login(srv.Console(), "user", "password")}
		admin.want("§24.7 SOL is on", ipmb.GetUserPayloadAccess, "01 04", "00 02 00 00 00")
		admin.want("§24.6 disable SOL", ipmb.SetUserPayloadAccess, "01 44 02 00 00 00", "00")
		admin.want("§24.7 SOL is off", ipmb.GetUserPayloadAccess, "0e 04", "00 00 00 00 00")
		user.want("§24.6 so the user cannot activate it", ipmb.ActivatePayload, activateSOL, "d4")
		admin.want("§24.6 reserved bits change nothing", ipmb.SetUserPayloadAccess, "01 04 ff ff 81 ff", "00")
		admin.want("§24.7", ipmb.GetUserPayloadAccess, "01 04", "00 fe 00 81 00")
		admin.want("§24.6 reserved operation", ipmb.SetUserPayloadAccess, "01 84 02 00 00 00", "cc")
		admin.want("§24.6 user ID 0", ipmb.SetUserPayloadAccess, "01 00 02 00 00 00", "c9")
		admin.want("§24.6 session-less channel", ipmb.SetUserPayloadAccess, "00 04 02 00 00 00", "cc")
		user.want("§24.6 needs an administrator", ipmb.SetUserPayloadAccess, "01 04 02 00 00 00", "d4")
		user.want("§24.7 needs an operator", ipmb.GetUserPayloadAccess, "01 04", "d4")
	})
}

func TestChannelPayloads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv, c := bmctest.Pipe(t, bmctest.Edit(payloadMachine))
		admin := client{t, srv.Login(c, "admin", "password")}
		admin.want("§24.8 LAN", ipmb.GetChannelPayloadSupport, "0e", "00 0300 3f00 0180 0000")
		admin.want("§24.8 system interface", ipmb.GetChannelPayloadSupport, "0f", "00 0000 0000 0000 0000")
		admin.want("§24.8 no channel", ipmb.GetChannelPayloadSupport, "05", "cc")
		admin.want("§24.9 SOL", ipmb.GetChannelPayloadVersion, "01 01", "00 10")
		admin.want("§24.9 RAKP message 4", ipmb.GetChannelPayloadVersion, "01 15", "00 10")
		admin.want("§24.9 OEM15", ipmb.GetChannelPayloadVersion, "01 2f", "00 21")
		admin.want("§24.9 not there", ipmb.GetChannelPayloadVersion, "01 21", "80")
		admin.want("§24.9 not on that channel", ipmb.GetChannelPayloadVersion, "0f 01", "80")
		admin.want("§24.10 by who defined it", ipmb.GetChannelOEMPayloadInfo, "01 02 664a00 0201", "00 20 664a00 0201 10")
		admin.want("§24.10 by handle", ipmb.GetChannelOEMPayloadInfo, "01 2f 000000 0000", "00 2f 570100 0700 21")
		admin.want("§24.10 not there", ipmb.GetChannelOEMPayloadInfo, "01 02 664a00 0202", "80")
	})
}
