package bmc_test

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/bmc/bmctest"
	"github.com/fakebmc/fakebmc/bmc/fault"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/rmcp"
	"github.com/fakebmc/fakebmc/rmcp/console"
)

// TestFlaws lets a strict console say what is wrong with packets.
func TestFlaws(t *testing.T) {
	t.Parallel()
	const every = "hits: {after: 1}, when: {command: get-device-id}"
	for _, tt := range []struct {
		flaw     string
		v15, v20 error // nil: nothing is wrong
	}{
		{"checksum-1", console.ErrMessage, console.ErrMessage},
		{"checksum-2", console.ErrMessage, console.ErrMessage},
		{"requester-sequence", console.ErrNoAnswer, console.ErrNoAnswer},
		{"same-addresses", console.ErrMessage, console.ErrMessage},
		{"session-id", console.ErrNoAnswer, console.ErrNoAnswer},
		{"session-id-zero", console.ErrNoAnswer, console.ErrNoAnswer},
		{"sequence-stale", console.ErrSequence, console.ErrSequence},
		{"sequence-repeated", console.ErrSequence, console.ErrSequence},
		{"sequence-skipped", nil, nil},
		{"sequence-plus-one", nil, nil},
		{"sequence-swapped", nil, nil}, // a great number is a higher one
		{"auth-code", console.ErrAuthCode, console.ErrAuthCode},
		{"auth-code-blank", console.ErrAuthCode, console.ErrAuthCode},
		{"auth-code-missing", console.ErrProtection, console.ErrProtection},
		{"auth-code-unasked", nil, nil},
		{"legacy-pad", console.ErrLength, nil},
		{"integrity-pad", nil, console.ErrPad},
		{"integrity-pad-short", nil, console.ErrPad},
		{"iv", nil, console.ErrMessage},
		{"padding", nil, console.ErrPad},
		{"padding-16", nil, nil},
	} {
		for _, plus := range []bool{false, true} {
			want, session := tt.v15, "v1.5"
			if plus {
				want, session = tt.v20, "rmcp+"
			}
			t.Run(tt.flaw+" "+session, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					rule := "    - {name: r, at: session, " + every + ", do: {flaws: [" + tt.flaw + "]}}\n"
					srv, c := bmctest.Pipe(t, withFaults(t, rule))
					s := login(t, srv, c, plus)
					if _, err := deviceID(s); err != nil {
						t.Fatalf("the first answer has a flaw: %v", err)
					}
					_, err := deviceID(s)
					if !errors.Is(err, want) || err != nil && want == nil {
						t.Errorf("%v, want %v", err, want)
					}
				})
			})
		}
	}
}

func login(t *testing.T, srv *bmctest.Server, c *console.Console, plus bool) *console.Session {
	t.Helper()
	if plus {
		return srv.Login(c, "admin", "password")
	}
	s, err := c.Open15(context.Background(), console.Login15{User: "admin", Password: "password", AuthType: rmcp.AuthTypeMD5, Outbound: 1})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSetupFaults lets a console log in that knows what it expects.
func TestSetupFaults(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, when, do string
		suite          uint8
		want           error
	}{
		{"open session", "step: open-session", "{refuse: insufficient-resources}", 17, rmcp.StatusInsufficientResources},
		{"rakp 2", "step: rakp-1", "{refuse: unauthorized-name}", 17, rmcp.StatusUnauthorizedName},
		{"rakp 4", "step: rakp-3", "{refuse: invalid-integrity-check}", 17, rmcp.StatusInvalidIntegrityCheck},
		{"a number", "step: rakp-1", "{refuse: 0xc7}", 17, rmcp.Status(0xc7)},
		{"another suite", "step: rakp-1, cipher_suite: 3", "{refuse: 0xc7}", 17, nil},
		{"this suite", "step: rakp-1, cipher_suite: 17", "drop", 17, console.ErrNoAnswer},
		{"longer", "step: rakp-1", "{extend: 00}", 17, console.ErrRAKP2Code},
		{"wrong code", "step: rakp-1", "{patch: [{at: -1, xor: 0xff}]}", 17, console.ErrRAKP2Code},
		{"wrong check value", "step: rakp-3", "{patch: [{at: -1, xor: 0xff}]}", 17, console.ErrICV},
		{"role of open session", "step: open-session", "{flaws: [role-of-open-session]}", 17, console.ErrRAKP2Code},
		{"role of open session, later", "step: rakp-1", "{flaws: [role-of-open-session]}", 17, console.ErrRAKP2Code},
		{"role's low nibble", "step: open-session", "{flaws: [role-low-nibble]}", 3, rmcp.StatusInvalidIntegrityCheck},
		{"name", "step: rakp-1", "{flaws: [name-padded]}", 17, console.ErrRAKP2Code},
		{"check by integrity", "step: rakp-1", "{flaws: [check-by-integrity]}", 1, console.ErrICV},
		{"check by integrity, the same", "step: rakp-1", "{flaws: [check-by-integrity]}", 3, nil},
		{"check by integrity, MD5", "step: rakp-1", "{flaws: [check-by-integrity]}", 11, console.ErrICV},
		{"integrity by SIK", "step: rakp-1", "{flaws: [integrity-by-sik]}", 3, console.ErrNoAnswer},
		{"name, RAKP 3", "step: open-session", "{flaws: [name-padded]}", 17, console.ErrRAKP2Code},
		{"GUID", "step: open-session", "{flaws: [guid-zero]}", 17, nil}, // it is in the keys as well
		{"GUID, later", "step: rakp-1", "{flaws: [guid-zero]}", 17, nil},
		{"role without lookup", "step: open-session", "{flaws: [role-without-lookup]}", 17, console.ErrRAKP2Code},
		{"short password", "step: open-session", "{flaws: [password-16]}", 11, nil}, // it is no longer
		{"a suite that is off", "step: rakp-3", "drop", 2, rmcp.StatusNoCipherSuite},
		{"any suite", "step: open-session", "{flaws: [any-suite]}", 2, nil},
		{"short open error", "step: open-session", "{refuse: no-cipher-suite, truncate: 2}", 17, console.ErrSetup},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				rule := "    - {name: r, at: session, when: {" + tt.when + "}, do: " + tt.do + "}\n"
				srv, c := bmctest.Pipe(t, withFaults(t, rule), bmctest.Edit(func(p *profiles.Profile) {
					p.Channels[1].Suites = []profiles.Suite{{ID: 1, Privilege: ipmb.PrivilegeAdministrator}, {ID: 3, Privilege: ipmb.PrivilegeAdministrator},
						{ID: 11, Privilege: ipmb.PrivilegeAdministrator}, {ID: 17, Privilege: ipmb.PrivilegeAdministrator}}
				}))
				_ = srv
				suite, _ := rmcp.SuiteByID(tt.suite)
				_, err := c.Open20(context.Background(), console.Login20{User: "admin", Password: "password", Suite: suite})
				if !errors.Is(err, tt.want) || err != nil && tt.want == nil {
					t.Errorf("%v, want %v", err, tt.want)
				}
			})
		})
	}
}

// TestOtherPasswords: what a login lets in that does not look at the password, or not at all of it.
func TestOtherPasswords(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		flaw, password string
		suite          uint8
		want           error
	}{
		{"any-password", "wrong", 17, nil},
		{"any-password", "password", 17, nil},
		{"password-16", "a-password-of-20-by", 8, console.ErrRAKP2Code},
		{"password-16", "a-password-of-20", 8, nil},
		{"password-16", "a-password-of-20-by", 3, nil},
	} {
		t.Run(fmt.Sprint(tt.flaw, " ", tt.password, " ", tt.suite), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				_, c := bmctest.Pipe(t, withFaults(t, "    - {name: r, at: session, when: {step: open-session}, do: {flaws: ["+tt.flaw+"]}}\n"), bmctest.Edit(func(p *profiles.Profile) {
					p.Users[1].Password = "a-password-of-20-by"
				}))
				suite, _ := rmcp.SuiteByID(tt.suite)
				login := console.Login20{User: "admin", Password: tt.password, Suite: suite}
				if tt.flaw == "any-password" { // only RAKP 3 is not checked: who does not look at RAKP 2 gets in, and then knows no keys
					h, err := c.Begin20(login)
					if err == nil {
						_, err = h.OpenSession(context.Background())
					}
					if err != nil {
						t.Fatal(err)
					}
					_, _ = h.RAKP1(context.Background())
					payload := binary.LittleEndian.AppendUint32([]byte{0, 0, 0, 0}, h.Opened.ManagedID)
					payload = append(payload, make([]byte, 32)...) // a code that is none
					got, err := c.Setup(context.Background(), rmcp.PayloadRAKP3, payload)
					if err != nil || len(got) < 2 || got[1] != 0 {
						t.Errorf("RAKP 4: % x, %v", got, err)
					}
					return
				}
				if _, err := c.Open20(context.Background(), login); !errors.Is(err, tt.want) || err != nil && tt.want == nil {
					t.Errorf("%v, want %v", err, tt.want)
				}
			})
		})
	}
}

// parts takes the third answer of a session apart: what flaws change. What is behind the header of an encrypted packet is
// whole.
func datagramParts(d []byte, plus bool) map[string]string {
	x := hex.EncodeToString
	p := map[string]string{"type": x(d[4:5])}
	if plus {
		n := 16 + int(d[14])
		p["type"] += x(d[5:6])
		p["id"], p["sequence"], p["payload"], p["trailer"] = x(d[6:10]), x(d[10:14]), x(d[16:n]), x(d[n:])
		return p
	}
	p["sequence"], p["id"] = x(d[5:9]), x(d[9:13])
	rest := d[13:]
	if d[4] != 0 {
		p["code"], rest = x(rest[:16]), rest[16:]
	}
	n := 1 + int(rest[0])
	p["message"], p["behind"] = x(rest[:n]), x(rest[n:])
	return p
}

// second is the second answer of a session, under a flaw. The same seeds make the same bytes.
func second(t *testing.T, flaw string, plus bool, suiteID uint8, unsigned bool, ask ...byte) map[string]string {
	t.Helper()
	nth := 2
	if flaw == "" {
		nth, flaw = 999, "iv"
	}
	rules := fmt.Sprintf("    - {name: r, at: session, when: {command: get-device-id get-sensor-thresholds}, hits: {nth: [%d]}, do: {flaws: [%s]}}\n", nth, flaw)
	srv, _ := bmctest.Pipe(t, withFaults(t, rules), bmctest.Machine(bmc.WithSeed(1)), bmctest.Edit(func(p *profiles.Profile) {
		p.Channels[1].Access.NoPerMessageAuth = unsigned
		p.Channels[1].Suites = []profiles.Suite{{ID: 2, Privilege: ipmb.PrivilegeAdministrator}, {ID: 3, Privilege: ipmb.PrivilegeAdministrator}}
	}))
	conn, err := srv.Network.Listen(netip.MustParseAddrPort("192.0.2.7:4000"))
	if err != nil {
		t.Fatal(err)
	}
	tap := &tap{PacketConn: conn}
	c := console.NewPacket(tap, net.UDPAddrFromAddrPort(srv.Addr), console.Options{Timeout: time.Second, Rand: new(zeros)})
	defer c.Close()
	suite, _ := rmcp.SuiteByID(suiteID)
	var s *console.Session
	if plus {
		s, err = c.Open20(context.Background(), console.Login20{User: "admin", Password: "password", Suite: suite})
	} else {
		s, err = c.Open15(context.Background(), console.Login15{User: "admin", Password: "password", AuthType: rmcp.AuthTypeMD5, Outbound: 0x10})
	}
	if err != nil {
		t.Fatal("login: ", err)
	}
	for range 2 {
		if err := s.SendMessage(c.Request(ipmb.NetFn(ask[0]), ask[1], ask[2:]...)); err != nil {
			t.Fatal(err)
		}
		_, _ = s.Receive(context.Background()) // the second one may not be a good packet
	}
	return datagramParts(tap.last, plus)
}

// tap keeps the last datagram that came.
type tap struct {
	net.PacketConn
	last []byte
}

// ReadFrom implements net.PacketConn.
func (r *tap) ReadFrom(b []byte) (int, net.Addr, error) {
	n, from, err := r.PacketConn.ReadFrom(b)
	if err == nil {
		r.last = slices.Clone(b[:n])
	}
	return n, from, err
}

// TestFlawedBytes pins what each flaw of packets does to the bytes of an answer, and what it leaves.
func TestFlawedBytes(t *testing.T) {
	t.Parallel()
	covered := map[string]bool{"auth-code-new-password": true} // TestAuthCodeOfNewPassword
	for _, tt := range []struct{ flaw, v15, v20 string }{
		{"checksum-1", "code 6385468141743aad5d52c51e6188b606>f3998b48a641d9dc3a563415347e8e59, message 17811c63201401002001010002bfd97e0023060000000068>17811c9c201401002001010002bfd97e0023060000000068", "payload 811c63200c01002001010002bfd97e0023060000000070>811c9c200c01002001010002bfd97e0023060000000070, trailer ffffff03073f7ff0df980312a553ba19a3>ffffff0307edd4fcaae7f1dd503365310f"},
		{"checksum-2", "code 6385468141743aad5d52c51e6188b606>e06df3c3dadc7494f731325d8329dfd3, message 17811c63201401002001010002bfd97e0023060000000068>17811c63201401002001010002bfd97e0023060000000097", "payload 811c63200c01002001010002bfd97e0023060000000070>811c63200c01002001010002bfd97e002306000000008f, trailer ffffff03073f7ff0df980312a553ba19a3>ffffff0307c8b3dd4b800ac0ba543dbe96"},
		{"requester-sequence", "code 6385468141743aad5d52c51e6188b606>f271b41c93f67879fcec0201dc866318, message 17811c63201401002001010002bfd97e0023060000000068>17811c63201001002001010002bfd97e002306000000006c", "payload 811c63200c01002001010002bfd97e0023060000000070>811c63200801002001010002bfd97e0023060000000074, trailer ffffff03073f7ff0df980312a553ba19a3>ffffff03072e209b2c3045b56343a9faac"},
		{"same-addresses", "code 6385468141743aad5d52c51e6188b606>347db5e5a562b78aa39e4a764fcaa10c, message 17811c63201401002001010002bfd97e0023060000000068>17201cc4811401002001010002bfd97e0023060000000007", "payload 811c63200c01002001010002bfd97e0023060000000070>201cc4810c01002001010002bfd97e002306000000000f, trailer ffffff03073f7ff0df980312a553ba19a3>ffffff03070a04e957a86ac0871c3bbe5a"},
		{"session-id", "id b2748fe5>4d8b701a, code 6385468141743aad5d52c51e6188b606>d53df9df1a24ad63a204448f3db27dcd", "id 01020304>fefdfcfb, trailer ffffff03073f7ff0df980312a553ba19a3>ffffff030714b8603559809787567c8f0a"},
		{"session-id-zero", "id b2748fe5>00000000, code 6385468141743aad5d52c51e6188b606>a940452f1d4810cffdf59fbdd831da44", "id 01020304>00000000, trailer ffffff03073f7ff0df980312a553ba19a3>ffffff03074b7cc8d0fa7b79fcf5e3a2c6"},
		{"sequence-stale", "sequence 13000000>afffffff, code 6385468141743aad5d52c51e6188b606>c55b07fa9e9e5a982ba44fd624caabb8", "sequence 03000000>9fffffff, trailer ffffff03073f7ff0df980312a553ba19a3>ffffff03076021cd306a362c6f44c480d1"},
		{"sequence-repeated", "sequence 13000000>12000000, code 6385468141743aad5d52c51e6188b606>ef8afc26f7d97c9be6fb9e1ab5f60353", "sequence 03000000>02000000, trailer ffffff03073f7ff0df980312a553ba19a3>ffffff0307fbbb611df44d177486be4974"},
		{"sequence-skipped", "sequence 13000000>14000000, code 6385468141743aad5d52c51e6188b606>b7fcf6950fbea45d26a76a075bafc0ad", "sequence 03000000>04000000, trailer ffffff03073f7ff0df980312a553ba19a3>ffffff030797cb7af1ea4060c208fabecd"},
		{"sequence-plus-one", "sequence 13000000>14000000, code 6385468141743aad5d52c51e6188b606>b7fcf6950fbea45d26a76a075bafc0ad", "sequence 03000000>04000000, trailer ffffff03073f7ff0df980312a553ba19a3>ffffff030797cb7af1ea4060c208fabecd"},
		{"sequence-swapped", "sequence 13000000>00000013, code 6385468141743aad5d52c51e6188b606>5f7196ef3623c087c7c32aac73b5981b", "sequence 03000000>00000003, trailer ffffff03073f7ff0df980312a553ba19a3>ffffff03070df69a5736a886cbfef00c43"},
		{"auth-code", "code 6385468141743aad5d52c51e6188b606>9c7ab97ebe8bc552a2ad3ae19e7749f9", "trailer ffffff03073f7ff0df980312a553ba19a3>ffffff0307c0800f2067fced5aac45e65c"},
		{"auth-code-blank", "code 6385468141743aad5d52c51e6188b606>00000000000000000000000000000000", "trailer ffffff03073f7ff0df980312a553ba19a3>ffffff0307000000000000000000000000"},
		{"auth-code-missing", "type 02>00, code 6385468141743aad5d52c51e6188b606>", "type 0640>0600, trailer ffffff03073f7ff0df980312a553ba19a3>"},
		{"auth-code-unasked", "type 00>02, code >6385468141743aad5d52c51e6188b606", ""},
		{"legacy-pad", "behind >00", ""},
		{"integrity-pad", "", "trailer ffffff03073f7ff0df980312a553ba19a3>000000030729095631bd84f387ae5436a0"},
		{"integrity-pad-short", "", "trailer ffffff03073f7ff0df980312a553ba19a3>ff0107e9806d5d1bedaeb356ac77c8"},
		{"iv", "", "payload c671b7630bd7d3db137bf7a710d8c975037b031e4b86e63a688381b7696e668bb9e9d178ceea698bba972f57f798362a>3971b7630bd7d3db137bf7a710d8c975037b031e4b86e63a688381b7696e668bb9e9d178ceea698bba972f57f798362a, trailer ffff0207fa633674ca54aec1e5d70763>ffff020757975a023854faade20b1b9c"},
		{"padding", "", "payload c671b7630bd7d3db137bf7a710d8c975037b031e4b86e63a688381b7696e668bb9e9d178ceea698bba972f57f798362a>c671b7630bd7d3db137bf7a710d8c975037b031e4b86e63a688381b7696e668b4184ec565e6b527d69653b4c0c00b295, trailer ffff0207fa633674ca54aec1e5d70763>ffff0207c083a231752e715899c1d7d2"},
		{"padding-16", "", "payload c671b7630bd7d3db137bf7a710d8c97582c14f415ab7d5744544a222533a2a78>c671b7630bd7d3db137bf7a710d8c9750323b6c689eba6f506e9cc1d351bf4353579c4e13a37df8b1f3f29719bee33c4, trailer ffff020725dc493763afed331b0209df>ffff020753edc73ae307ca253182edb0"},
		{"payload-type", "", ""}, // Serial over LAN only
	} {
		covered[tt.flaw] = true
		for _, plus := range []bool{false, true} {
			want, kind := tt.v15, "v1.5 "
			if plus {
				want, kind = tt.v20, "rmcp+ "
			}
			t.Run(kind+tt.flaw, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					suite, unsigned := uint8(2), tt.flaw == "auth-code-unasked"
					if slices.Contains([]string{"iv", "padding", "padding-16"}, tt.flaw) {
						suite = 3 // only it encrypts
					}
					ask := []byte{0x06, 0x01}
					if tt.flaw == "padding-16" {
						ask = []byte{0x04, 0x27, 0x01} // Get Sensor Thresholds: an answer of 15 bytes
					}
					clean, flawed := second(t, "", plus, suite, unsigned, ask...), second(t, tt.flaw, plus, suite, unsigned, ask...)
					var got []string
					for _, part := range []string{"type", "sequence", "id", "code", "message", "payload", "trailer", "behind"} {
						if a, b := clean[part], flawed[part]; a != b {
							got = append(got, part+" "+a+">"+b)
						}
					}
					if text := strings.Join(got, ", "); text != want {
						t.Errorf("%s\nwant %s", text, want)
					}
				})
			})
		}
	}
	for _, w := range fault.Flaws {
		if !strings.HasPrefix(w.Meaning, "login:") && !covered[w.Name] {
			t.Errorf("nobody looks at the bytes of %s", w.Name)
		}
	}
}
