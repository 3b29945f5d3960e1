package bmc_test

import (
	"bytes"
	"context"
	"testing"
	"testing/synctest"

	"github.com/fakebmc/fakebmc/bmc/bmctest"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/rmcp"
	"github.com/fakebmc/fakebmc/rmcp/console"
)

// TestRaiseWithoutAuthCode: with user-level authentication off, whoever can send a packet into a session may run User
// commands in it, and must not be able to raise it. [IPMI 2.0 §6.12.4, §22.18]
func TestRaiseWithoutAuthCode(t *testing.T) {
	for _, tt := range []struct {
		name string
		off  func(*profiles.Access)
		want []byte
	}{
		{"§22.18 user-level authentication off", func(a *profiles.Access) { a.NoUserLevelAuth = true }, []byte{0x82}},
		{"§22.18 per-message authentication off", func(a *profiles.Access) { a.NoPerMessageAuth = true }, []byte{0, 4}},
	} {
		synctest.Test(t, func(t *testing.T) {
			_, c := bmctest.Pipe(t, bmctest.Edit(func(p *profiles.Profile) {
				for i := range p.Channels {
					if p.Channels[i].Number == 1 {
						tt.off(&p.Channels[i].Access)
					}
				}
			}))
			ctx := context.Background()
			s, err := c.Open15(ctx, console.Login15{User: "admin", Password: "password", AuthType: rmcp.AuthTypeMD5, NoRaise: true})
			if err != nil {
				t.Fatal(err)
			}
			op := ipmb.SetSessionPrivilegeLevel
			answer, err := s.Exchange(ctx, c.Request(op.NetFn, op.Cmd, 4), console.Frame{Unauthenticated: true})
			if err != nil || !bytes.Equal(answer.Data, tt.want) {
				t.Errorf("%s: % x, %v; want % x", tt.name, answer.Data, err, tt.want)
			}
			answer, err = s.Exchange(ctx, c.Request(op.NetFn, op.Cmd, 2), console.Frame{Unauthenticated: true})
			if err != nil || !bytes.Equal(answer.Data, []byte{0, 2}) {
				t.Errorf("%s, down to User: % x, %v; want 00 02", tt.name, answer.Data, err)
			}
		})
	}
}
