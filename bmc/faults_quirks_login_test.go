package bmc_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fakebmc/fakebmc/bmc/bmctest"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
	"github.com/fakebmc/fakebmc/rmcp"
	"github.com/fakebmc/fakebmc/rmcp/console"
)

// loginQuirks are quirks of logins and packets, as a console that trusts nobody sees them: bytes, or what is wrong.
var loginQuirks = []struct {
	quirk         string
	way           way
	ask           string // NetFn, command and data; "": the login is all; or one of quirkAnswer's words
	without, with string // how the answer begins
}{
	{"permsg-off-activate-auth", outside, "06 38 0e 04", "01 16 04", "01 16 14"},
	{"authcap-ext-unasked", outside, "06 38 0e 04", "01 16 04 00", "01 96 04 03"},
	{"session-id-zero-on-error", v15, "06 3e", "completion code C1h", "no answer"},
	{"session-id-zero-on-error", v15, "06 01", "20 01", "20 01"},
	{"authcode-wrong-when-bridged", v15, "06 34 07", "invalid", "bmc: AuthCode is wrong"},
	{"authcode-wrong-when-bridged", v15, "06 01", "20 01", "20 01"},
	{"challenge-retransmit-deaf", v15, "", "session", "no answer"},
	{"activate-seq-off-by-one", v15, "", "session", "bmc: session sequence number"},
	{"seq-skip", v15, "numbers", "2 3 4", "3 5 7"},
	{"seq-skip", way{suite: 17}, "numbers", "1 2 3", "1 3 5"},
	{"no-ping-tolerance", outside, "ping", "81", "no answer"},
	{"pong-without-ipmi-bit", outside, "ping", "81", "01"},
	{"activate-priv-exact", way{v15: true, privilege: ipmb.PrivilegeOperator}, "", "session", "completion code D4h"},
	{"activate-priv-exact", v15, "", "session", "session"},
	{"activate-exceeds-privilege", v15, "", "session", "completion code 86h"},
	{"activate-exceeds-privilege", way{v15: true, privilege: ipmb.PrivilegeOperator}, "", "session", "session"},
	{"rq-seq-not-echoed", v15, "06 01", "20 01", "no answer"},
	{"rq-seq-not-echoed", way{suite: 17}, "06 01", "20 01", "no answer"},
	{"rs-rq-addr-not-swapped", v15, "06 01", "20 01", "bmc: ipmi message is malformed"},
	{"rs-rq-addr-not-swapped", way{suite: 17}, "06 01", "20 01", "bmc: ipmi message is malformed"},
	{"sun20", way{suite: 3}, "", "session", "bmc: key exchange authentication code of rakp 2"},
	{"sun20", outside, "06 54 0e 00 80", "01 c0 01 01 40 80 c0 03 01 41 81 c0 08 02 42 81 c0", "01 c0 01 01 00 00 c0 03 01 01 01 c0 08 02 02 01 c0"},
	{"rakp4-integrity-alg", way{suite: 1}, "", "session", "bmc: integrity check value of rakp 4"},
	{"rakp4-integrity-alg", way{suite: 3}, "", "session", "session"},
	{"intel20", way{suite: 3}, "", "session", "bmc: "},
	{"icts-padding", way{suite: 3}, "06 01", "20 01", "no answer"},
	{"icts-padding", way{suite: 1}, "06 01", "20 01", "20 01"},
	{"session-id-zero-rmcp-plus", way{suite: 3}, "06 01", "20 01", "no answer"},
	{"activate-invalid-field", v15, "", "session", "completion code CCh"},
	{"activate-no-slot-for-user", v15, "", "session", "completion code 82h"},
	{"activate-no-slot-for-level", v15, "", "session", "completion code 83h"},
	{"activate-no-slot-for-level", way{v15: true, privilege: ipmb.PrivilegeOperator}, "", "session", "session"},
	{"authcode-new-password", v15, "06 01", "20 01", "20 01"},
	{"password-20-in-v15", way{v15: true, password: "a-password-of-20-by"}, "", "completion code CCh", "session"},
	{"auth-type-needs-oem", v15, "", "session", "completion code CCh"},
	{"intelplus", way{suite: 1}, "", "session", "open session response: bmc: session set-up message is malformed"}, // the echo
	{"rakp2-invalid-role", way{suite: 17}, "", "session", "invalid role"},
	{"suite3-no-match", way{suite: 3}, "", "session", "no cipher suite"},
	{"suite3-no-resources", way{suite: 3}, "", "session", "insufficient resources"},
	{"unauthorized-role-for-suite", way{suite: 3}, "", "session", "unauthorized role"},
	{"rakp2-unauthorized-name", way{suite: 17}, "", "session", "unauthorized name"},
	{"set-priv-not-available", way{suite: 17}, "06 3b 04", "04", "completion code 80h"},
	{"activate-error-unsigned", v15, "", "session", "activate session: bmc: AuthCode is wrong"},
	{"ipmi15-silent", v15, "", "session", "no answer"},
	{"ipmi15-silent", outside, "06 38 8e 04", "01 96 04 03", "01 96 04 02"},
	{"stale-rakp2", way{suite: 17}, "", "session", "bmc: key exchange authentication code of rakp 2"},
	{"black-hole", outside, "06 38 0e 04", "01 16", "no answer"},
	{"timeout-twice", way{suite: 17}, "06 01", "20 01", "completion code C3h"},
	{"timeout-twice", v15, "06 01", "20 01", "completion code C3h"},
	{"unknown-code-twice", v15, "06 01", "20 01", "completion code DFh"},
	{"duplicate-request-once", way{suite: 17}, "06 01", "20 01", "completion code CFh"},
	{"node-busy", v15, "06 01", "20 01", "completion code C0h"},
	{"session-expiry", v15, "numbers", "2 3 4", "no answer"},
	{"session-expiry", way{suite: 17}, "numbers", "1 2 3", "no answer"},
	{"truncated-datagram", way{suite: 17}, "numbers", "1 2 3", "bmc: AuthCode is wrong"},
	{"reset-no-reply", way{suite: 3}, "06 03", "", "no answer"},
	{"cipher-records-bad-tags", outside, "06 54 0e 00 80", "01 c0 01 01 40 80 c0 03 01 41 81 c0 08 02 42 81 c0", "01 c0 01 01 00 00 c0 03 01 01 01 c0 08 02 02 01 c0"},
	{"rmcpp-status-c7", way{suite: 3}, "", "session", "rmcp+ status C7h"},
	{"rmcpp-status-c7", way{suite: 17}, "", "session", "session"},
	{"rakp2-priv-status", way{suite: 17}, "", "session", "unauthorized role"},
	{"rakp2-priv-status", way{suite: 17, privilege: ipmb.PrivilegeOperator}, "", "session", "session"},
	{"set-priv-exceeds", way{suite: 17}, "06 3b 04", "04", "completion code 81h"},
	{"set-priv-exceeds", way{suite: 17}, "06 3b 03", "03", "03"},
	{"rakp-ok-priv-too-high", way{suite: 17}, "", "session", "bmc: key exchange authentication code of rakp 2"},
	{"rakp-ok-priv-too-high", way{suite: 17, privilege: ipmb.PrivilegeOperator}, "", "session", "session"},
	{"suites7-8-no-authcode", way{suite: 7}, "06 01", "20 01", "bmc: answer is not authenticated"},
	{"suites7-8-no-authcode", way{suite: 8}, "06 01", "20 01", "bmc: answer is not authenticated"},
	{"suites11-12-bad-authcode", way{suite: 11}, "06 01", "20 01", "bmc: AuthCode is wrong"},
	{"suites11-12-bad-authcode", way{suite: 12}, "06 01", "20 01", "bmc: AuthCode is wrong"},
	{"suite-privilege-exact", way{suite: 17, open: ipmb.PrivilegeOperator}, "", "session", "no cipher suite"},
	{"suite-privilege-exact", way{suite: 17}, "", "session", "session"},
	{"cipher-records-bad-tags", outside, "06 54 0e 00 81", "01 0b 02 43 80 c0 0c 02 43 81 c0 11 03 44 81", "01 0b 02 03 00 c0 0c 02 03 01 c0 11 03 04 01"},
	{"unexpected-authcode", v15, "06 01", "20 01", "bmc: AuthCode is wrong: type md5"},
	{"activate-authtype-none", v15, "signed", "true", "false"},
	{"inbound-seq-zero", v15, "", "session", "malformed or not the answer to its request: 02"},
	{"guid-zero", outside, "06 37", "01 00 00 00", "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00"},
	{"guid-zero", way{suite: 3}, "rakp-2", "0100000000020080", "00000000000000000000000000000000"},
	{"disabled-suite-still-works", way{suite: 2}, "06 01", "Open Session Response: rmcp+ status 11h", "20 01"},
	{"cipher-zero", way{password: "wrong"}, "06 01", "Open Session Response: rmcp+ status 11h", "20 01"},
	{"cipher-zero", way{suite: 2}, "", "Open Session Response: rmcp+ status 11h", "Open Session Response: rmcp+ status 11h"},
	{"thump", outside, "06 38 0e 04", "01 16", "no answer"},
	{"i82571spt", outside, "06 38 0e 04", "01 16", "no answer"},
	{"i82571spt", way{suite: 3}, "", "session", "no answer"}, // the name of RAKP 1 has not all of its bytes
	{"session-info-handle-0", way{suite: 17}, "06 3d 00", "01 ", "00 "},
	{"md5-password-truncated-16", way{suite: 8, password: "a-password-of-20-by"}, "", "session", "bmc: key exchange authentication code of rakp 2"},
	{"md5-password-truncated-16", way{suite: 3, password: "a-password-of-20-by"}, "", "session", "session"},
}

// way is how a console comes in; the zero value is cipher suite 0.
type way struct {
	outside, v15    bool
	suite           uint8
	privilege, open ipmb.Privilege
	password        string
}

var outside, v15 = way{outside: true}, way{v15: true}

// enter logs in.
func (w *way) enter(c *console.Console) (*console.Session, error) {
	if w.v15 {
		return c.Open15(context.Background(), console.Login15{User: "admin", Password: w.password, AuthType: rmcp.AuthTypeMD5,
			Outbound: 1, Privilege: w.privilege, NoRaise: true})
	}
	suite, _ := rmcp.SuiteByID(w.suite)
	return c.Open20(context.Background(), console.Login20{User: "admin", Password: w.password, Suite: suite,
		Privilege: w.privilege, Open: w.open, NoRaise: true})
}

// quirkAnswer is what the console gets: bytes in hexadecimal, or the error's text.
func quirkAnswer(t *testing.T, w way, ask, quirk string) (string, error) {
	t.Helper()
	if w.password == "" {
		w.password = "password"
	}
	_, c := bmctest.Pipe(t, bmctest.Edit(func(p *profiles.Profile) {
		if quirk != "" {
			p.Quirks = []string{quirk}
		}
		p.Users[1].Password = w.password
		p.Channels[1].Suites = nil
		for _, id := range []uint8{1, 3, 8, 11, 12, 17, 7} {
			p.Channels[1].Suites = append(p.Channels[1].Suites, profiles.Suite{ID: id, Privilege: ipmb.PrivilegeAdministrator})
		}
	}))
	ctx := context.Background()
	if ask == "rakp-2" { // the GUID in it
		suite, _ := rmcp.SuiteByID(w.suite)
		h, err := c.Begin20(console.Login20{User: "admin", Password: w.password, Suite: suite})
		if err != nil {
			return "", err
		}
		if _, err = h.OpenSession(ctx); err != nil {
			return "", err
		}
		r, err := h.RAKP1(ctx)
		return fmt.Sprintf("%x", r.GUID), err
	}
	var s *console.Session
	do := c.Do
	if !w.outside {
		var err error
		if s, err = w.enter(c); err != nil {
			return "", err
		}
		do = s.Do
	}
	switch ask {
	case "":
		return "session", nil
	case "ping":
		pong, err := c.Ping(ctx)
		return fmt.Sprintf("%02x", pong.Entities), err
	case "numbers", "signed":
		var numbers []string
		var last console.Packet
		for range 3 {
			if err := s.SendMessage(c.Request(ipmb.NetFnApp, 0x01)); err != nil {
				return "", err
			}
			p, err := s.Receive(ctx)
			if err != nil {
				return "", err
			}
			numbers, last = append(numbers, fmt.Sprint(p.Sequence)), p
		}
		if ask == "signed" {
			return fmt.Sprint(last.Authenticated), nil
		}
		return strings.Join(numbers, " "), nil
	}
	b := unhex(t, ask)
	answer, err := do(ctx, ipmb.NetFn(b[0]), b[1], b[2:]...)
	return fmt.Sprintf("% x", answer), err
}

func TestLoginQuirks(t *testing.T) {
	t.Parallel()
	for _, tt := range loginQuirks {
		for _, run := range []struct{ quirk, want string }{{"", tt.without}, {tt.quirk, tt.with}} {
			t.Run(fmt.Sprintf("%s/%+v %s/%s", tt.quirk, tt.way, tt.ask, run.quirk), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					got, err := quirkAnswer(t, tt.way, tt.ask, run.quirk)
					if err != nil {
						got = err.Error()
					}
					if !strings.Contains(got, run.want) || err == nil && !strings.HasPrefix(got, run.want) {
						t.Errorf("%s, want %s", got, run.want)
					}
				})
			})
		}
	}
}

// TestLateLockout: three logins that end behind RAKP 2 silence the controller for five minutes, and one that goes on to
// RAKP 3 takes them back.
func TestLateLockout(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		tries []bool // whether they go on
		want  error
	}{
		"two":            {[]bool{false, false}, nil},
		"three":          {[]bool{false, false, false}, console.ErrNoAnswer},
		"three and more": {[]bool{false, false, true, false, false}, nil},
		"two and three":  {[]bool{false, false, true, false, false, false}, console.ErrNoAnswer},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				_, c := bmctest.Pipe(t, bmctest.Edit(func(p *profiles.Profile) { p.Quirks = []string{"late-lockout"} }))
				suite, _ := rmcp.SuiteByID(17)
				ctx, login := context.Background(), console.Login20{User: "admin", Password: "password", Suite: suite, NoRaise: true}
				for _, on := range tt.tries {
					h, err := c.Begin20(login)
					if err != nil {
						t.Fatal(err)
					}
					if _, err = h.OpenSession(ctx); err == nil {
						if _, err = h.RAKP1(ctx); err == nil && on {
							_, err = h.RAKP3(ctx)
						}
					}
					if err != nil {
						t.Fatal(err)
					}
				}
				if _, err := c.Open20(ctx, login); !errors.Is(err, tt.want) || err != nil && tt.want == nil {
					t.Errorf("%v, want %v", err, tt.want)
				}
				time.Sleep(5 * time.Minute)
				if _, err := c.Open20(ctx, login); err != nil {
					t.Errorf("five minutes later: %v", err)
				}
			})
		})
	}
}

// TestOEMAuthOnly logs in with the authentication of Supermicro's first controllers: MD5(challenge XOR MD5(password)).
func TestOEMAuthOnly(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		password  string
		challenge byte // that Activate Session brings back
		in        bool
	}{"right": {"password", 0, true}, "wrong password": {"Password", 0, false}, "challenge": {"password", 1, false}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				_, c := bmctest.Pipe(t, bmctest.Edit(func(p *profiles.Profile) { p.Quirks = []string{"oem-auth-only"} }))
				ctx := context.Background()
				name := append([]byte("admin"), make([]byte, 11)...)
				for _, other := range []byte{1, 2, 4} {
					if _, err := c.Do(ctx, ipmb.NetFnApp, 0x39, append([]byte{other}, name...)...); !errors.Is(err, ipmb.InvalidField) {
						t.Errorf("challenge of type %d: %v, want CCh", other, err)
					}
				}
				got, err := c.Do(ctx, ipmb.NetFnApp, 0x39, append([]byte{5}, name...)...)
				if err != nil || len(got) != 20 {
					t.Fatalf("challenge: % x, %v", got, err)
				}
				inner := md5.Sum([]byte(tt.password))
				for i := range inner {
					inner[i] ^= got[4+i]
				}
				code := md5.Sum(inner[:])
				p := rmcp.Packet15{AuthType: rmcp.AuthTypeOEM, SessionID: binary.LittleEndian.Uint32(got), AuthCode: code[:]}
				activate := append([]byte{5, 4, tt.challenge}, make([]byte, 15)...)
				answer := oemExchange(t, c, p, 0x3a, append(activate, 7, 0, 0, 0)...)
				if !tt.in {
					if tt.challenge == 0 && answer != nil || tt.challenge != 0 && (len(answer) != 1 || answer[0] != 0xcc) {
						t.Errorf("Activate Session: % x", answer)
					}
					return
				}
				if len(answer) != 11 || answer[0] != 0 || answer[1] != 5 {
					t.Fatalf("Activate Session: % x", answer)
				}
				p.Sequence = binary.LittleEndian.Uint32(answer[6:])
				if answer = oemExchange(t, c, p, 0x01); len(answer) < 2 || answer[1] != 0x20 {
					t.Errorf("Get Device ID: % x", answer)
				}
			})
		})
	}
}

// TestAuthCodeOfNewPassword: a session goes on with the password of its login, but its answers have the new one's codes.
func TestAuthCodeOfNewPassword(t *testing.T) {
	t.Parallel()
	for quirk, want := range map[string]string{"": "<nil>", "authcode-new-password": "bmc: AuthCode is wrong"} {
		t.Run(quirk, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				_, c := bmctest.Pipe(t, bmctest.Edit(func(p *profiles.Profile) {
					if quirk != "" {
						p.Quirks = []string{quirk}
					}
				}))
				ctx := context.Background()
				login := console.Login15{User: "admin", Password: "password", AuthType: rmcp.AuthTypeMD5, Outbound: 1}
				s, err := c.Open15(ctx, login)
				if err != nil {
					t.Fatal(err)
				}
				secret := append([]byte{2, 2}, "secret\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"...)
				for _, ask := range [][]byte{append([]byte{0x47}, secret...), {0x01}} {
					if _, err := s.Do(ctx, ipmb.NetFnApp, ask[0], ask[1:]...); !strings.Contains(fmt.Sprint(err), want) {
						t.Errorf("%02Xh: %v, want %s", ask[0], err, want)
					}
				}
				login.Password = "secret"
				if _, err := c.Open15(ctx, login); err != nil {
					t.Errorf("with the new password: %v", err)
				}
			})
		})
	}
}

// TestOEMAuthPassword logs in with a type OEM that is the password itself; Activate Session brings back the challenge.
func TestOEMAuthPassword(t *testing.T) {
	t.Parallel()
	for _, password := range []string{"password", "Password"} {
		t.Run(password, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				_, c := bmctest.Pipe(t, bmctest.Edit(func(p *profiles.Profile) { p.Quirks = []string{"oem-auth-password"} }))
				got, err := c.Do(context.Background(), ipmb.NetFnApp, 0x39, append([]byte{5}, "admin\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"...)...)
				if err != nil || len(got) != 20 {
					t.Fatalf("challenge: % x, %v", got, err)
				}
				code := make([]byte, 16)
				copy(code, password)
				p := rmcp.Packet15{AuthType: rmcp.AuthTypeOEM, SessionID: binary.LittleEndian.Uint32(got), AuthCode: code}
				answer := oemExchange(t, c, p, 0x3a, append(append([]byte{5, 4}, got[4:]...), 7, 0, 0, 0)...)
				if in := len(answer) == 11 && answer[0] == 0 && answer[1] == 5; in != (password == "password") {
					t.Errorf("Activate Session: % x", answer)
				}
			})
		})
	}
}

// oemExchange sends a request in a packet, and returns completion code and data of its answer, which must have the same
// AuthCode; nil if there is none.
func oemExchange(t *testing.T, c *console.Console, p rmcp.Packet15, cmd uint8, data ...byte) []byte {
	t.Helper()
	m := c.Request(ipmb.NetFnApp, cmd, data...)
	p.Message = m.AppendTo(nil)
	if err := c.Send(p.AppendTo(nil)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	b, err := c.Receive(ctx)
	if err != nil {
		return nil
	}
	got, err := rmcp.ParsePacket15(b[rmcp.HeaderSize:])
	if err != nil || got.AuthType != rmcp.AuthTypeOEM || !bytes.Equal(got.AuthCode, p.AuthCode) || got.SessionID != p.SessionID {
		t.Fatalf("% x: not of the session: %v", b, err)
	}
	answer, err := ipmb.ParseMessage(got.Message)
	if err != nil {
		t.Fatal(err)
	}
	return answer.Data
}
