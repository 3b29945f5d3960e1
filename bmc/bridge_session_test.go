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

// TestSendAuthenticatedTo15: a session whose messages have no AuthCodes cannot be sent one that must have it.
// [IPMI 2.0 §22.7, bit 4]
func TestSendAuthenticatedTo15(t *testing.T) {
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
			info := client{t, s}.ask(ipmb.GetSessionInfo, "00")
			data := append([]byte{0x11, info[1]}, unhex(t, "81 18 67 20 16 01 c9")...)
			r, err := srv.Machine.RequestResponse(ctx, bmc.SystemRequest{NetworkFunction: uint8(ipmb.SendMessage.NetFn), Command: ipmb.SendMessage.Cmd,
				RequestData: data, RequestDataSize: uint32(len(data))})
			if err != nil || r.CompletionCode != tt.want {
				t.Errorf("§22.7 %s: %02Xh, %v; want %02Xh", tt.name, r.CompletionCode, err, tt.want)
			}
		})
	}
}
