package bmc_test

import (
	"bytes"
	"context"
	"testing"
	"testing/synctest"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/bmc/bmctest"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/rmcp"
	"github.com/fakebmc/fakebmc/rmcp/console"
)

// TestSendSecurity: bits 5 and 4 of Send Message say what the packet to a console must be, and are an error where it
// cannot be that. [IPMI 2.0 §22.7, bits 5:4]
func TestSendSecurity(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv, c := bmctest.Pipe(t)
		ctx := context.Background()
		s := srv.Login(c, "admin", "password")
		admin := client{t, s}
		info := admin.ask(ipmb.GetSessionInfo, "00")
		send := func(mode byte) byte {
			t.Helper()
			data := append([]byte{mode | 1, info[1]}, unhex(t, "81 18 67 20 16 01 c9")...)
			r, err := srv.Machine.RequestResponse(ctx, bmc.SystemRequest{NetworkFunction: uint8(ipmb.SendMessage.NetFn), Command: ipmb.SendMessage.Cmd,
				RequestData: data, RequestDataSize: uint32(len(data))})
			if err != nil {
				t.Fatal(err)
			}
			return r.CompletionCode
		}
		for _, tt := range []struct {
			name      string
			suspend   string
			mode      byte
			encrypted bool
		}{
			{"anyhow", "", 0, true},
			{"anyhow, encryption suspended", "00 01 00", 0, false},
			{"encrypted, encryption suspended", "", 1 << 5, true},
			{"authenticated, encryption suspended", "", 1 << 4, false},
			{"encrypted, raw", "", 1 << 5, true},
		} {
			if tt.suspend != "" {
				admin.want("§24.3", ipmb.SuspendResumePayloadEncryption, tt.suspend, "00")
			}
			if code := send(tt.mode); code != 0 {
				t.Errorf("§22.7 %s: %02Xh", tt.name, code)
				continue
			}
			p, err := s.Receive(ctx)
			if err != nil || p.Encrypted != tt.encrypted || !p.Authenticated || !bytes.Equal(p.Payload, unhex(t, "81 18 67 20 16 01 c9")) {
				t.Errorf("§22.7 %s: %+v, %v; want encrypted %v", tt.name, p, err, tt.encrypted)
			}
		}
	})
}

// TestSendTo15: a session whose messages have no AuthCodes cannot be sent one that must have it, and none that is longer
// than a v1.5 packet holds. [IPMI 2.0 §22.7, bit 4; Table 13-8]
func TestSendTo15(t *testing.T) {
	for _, tt := range []struct {
		name string
		off  bool
		want byte
	}{{"per-message authentication on", false, 0}, {"per-message authentication off", true, 0xcc}} {
		synctest.Test(t, func(t *testing.T) {
			srv, c := bmctest.Pipe(t, bmctest.Edit(func(p *profiles.Profile) {
				for i := range p.Channels {
					if p.Channels[i].Number == 1 {
						p.Channels[i].Access.NoPerMessageAuth = tt.off
					}
				}
			}))
			ctx := context.Background()
			s, err := c.Open15(ctx, console.Login15{User: "admin", Password: "password", AuthType: rmcp.AuthTypeMD5})
			if err != nil {
				t.Fatal(err)
			}
			handle := client{t, s}.ask(ipmb.GetSessionInfo, "00")[1]
			send := func(name string, want byte, data ...byte) {
				t.Helper()
				r, err := srv.Machine.RequestResponse(ctx, bmc.SystemRequest{NetworkFunction: uint8(ipmb.SendMessage.NetFn), Command: ipmb.SendMessage.Cmd,
					RequestData: data, RequestDataSize: uint32(len(data))})
				if err != nil || r.CompletionCode != want {
					t.Errorf("§22.7 %s: %02Xh, %v; want %02Xh", name, r.CompletionCode, err, want)
				}
			}
			send(tt.name, tt.want, append([]byte{0x11, handle}, unhex(t, "81 18 67 20 16 01 c9")...)...)
			send("the longest message of a v1.5 packet", 0, append([]byte{0x01, handle}, make([]byte, rmcp.MaxMessage15)...)...)
			send("a longer one", 0xc8, append([]byte{0x01, handle}, make([]byte, rmcp.MaxMessage15+1)...)...)
		})
	}
}

// TestUnauthenticatedToHost is the example of the specification: with user-level authentication off, whoever can send a
// packet into a session may send system software any message, which then has User's privilege, and may not send one to
// anybody else. [IPMI 2.0 §22.6, App. G note 2]
func TestUnauthenticatedToHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		srv, c := bmctest.Pipe(t, bmctest.Edit(func(p *profiles.Profile) {
			for i := range p.Channels {
				p.Channels[i].Access.NoUserLevelAuth = p.Channels[i].Number == 1
			}
		}))
		ctx := context.Background()
		host := func(cmd byte, data ...byte) []byte {
			t.Helper()
			r, err := srv.Machine.RequestResponse(ctx, bmc.SystemRequest{NetworkFunction: 6, Command: cmd, RequestData: data, RequestDataSize: uint32(len(data))})
			if err != nil {
				t.Fatal(err)
			}
			return r.ResponseData
		}
		host(ipmb.EnableMessageChannelReceive.Cmd, 1, 1)
		s := srv.Login(c, "admin", "password")
		shutDown := ipmb.Message{To: 0x20, NetFn: 0x30, ToLUN: ipmb.LUNSMS, From: 0x81, Seq: 5, Cmd: 0x99}
		bridge := c.Request(ipmb.NetFnApp, ipmb.SendMessage.Cmd, unhex(t, "40 2c 18 bc 20 04 01 db")...)
		for _, f := range []console.Frame{
			{Payload: shutDown.AppendTo(nil)},
			{Payload: shutDown.AppendTo(nil), Unauthenticated: true},
			{Payload: bridge.AppendTo(nil), Unauthenticated: true},
		} {
			f.Type = rmcp.PayloadIPMI
			if err := s.Send(f); err != nil {
				t.Fatal(err)
			}
		}
		synctest.Wait()
		for _, want := range []byte{4<<4 | 1, 2<<4 | 1} {
			if got := host(ipmb.GetMessage.Cmd); len(got) < 3 || got[0] != 0 || got[1] != want {
				t.Errorf("§22.6: % x, want privilege and channel %02x", got, want)
			}
		}
		if n := srv.Machine.Sessions().Stats.Dropped[rmcp.DropUnauthenticated].Load(); n != 1 {
			t.Errorf("App. G: %d packets dropped for want of an AuthCode, want Send Message to the IPMB alone", n)
		}
	})
}
