package console_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"net"
	"testing"
	"time"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/rmcp"
	"github.com/fakebmc/fakebmc/rmcp/console"
)

// machine is the smallest BMC that sessions need: two users, all cipher suites, session commands, Get Device ID.
type machine struct {
	table   *rmcp.Table
	channel rmcp.Channel
	users   []rmcp.User
}

const lanChannel = 1

var deviceID = []byte{0x20, 1, 2, 3, 2, 0xbf, 0x57, 1, 0, 0x44, 4, 0, 0, 0, 0}

// listen starts a machine on a loopback socket, after change, and returns its address.
func listen(t *testing.T, change func(*machine)) string {
	t.Helper()
	m := &machine{
		channel: rmcp.Channel{Open: true, Limit: ipmb.PrivilegeAdministrator},
		users: []rmcp.User{
			{ID: 1, Limit: ipmb.PrivilegeUser, PasswordSize: 16},
			{ID: 2, Name: "admin", Password: rmcp.NewKey([]byte("secretpw")), PasswordSize: 16, Limit: ipmb.PrivilegeAdministrator},
			{ID: 3, Name: "twenty", Password: rmcp.NewKey([]byte("twenty-byte-password")), PasswordSize: 20, Limit: ipmb.PrivilegeOperator},
		},
	}
	for id := range uint8(rmcp.SuiteCount) {
		s, _ := rmcp.SuiteByID(id)
		m.channel.Suites = append(m.channel.Suites, rmcp.SuiteLimit{Suite: s, Limit: ipmb.PrivilegeAdministrator})
	}
	if change != nil {
		change(m)
	}
	m.table = rmcp.NewTable(m, rmcp.Options{})
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server, err := rmcp.NewServer(conn, m.table, rmcp.ServerOptions{Channel: lanChannel})
	if err != nil {
		t.Fatal(err)
	}
	go server.Serve()
	t.Cleanup(func() {
		server.Close()
		m.table.CloseAll()
	})
	return conn.LocalAddr().String()
}

// dial makes a console with a machine behind it.
func dial(t *testing.T, change func(*machine)) *console.Console {
	t.Helper()
	return connect(t, listen(t, change))
}

func connect(t *testing.T, address string) *console.Console {
	t.Helper()
	c, err := console.Dial(address, console.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// limited is a context that ends before a test hangs.
func limited(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func (m *machine) Available() bool                            { return true }
func (m *machine) SystemGUID() [16]byte                       { return [16]byte{1, 2, 3} }
func (m *machine) Channel(n uint8) (rmcp.Channel, bool)       { return m.channel, n == lanChannel }
func (m *machine) PasswordTried(uint8, uint8, bool)           {}
func (m *machine) UserLevelCommand(msg *ipmb.Message) bool    { return msg.Cmd == 1 }
func (m *machine) SessionEnded(*rmcp.Session, rmcp.EndReason) {}
func (m *machine) Presence() rmcp.Presence {
	return rmcp.Presence{Enterprise: rmcp.EnterpriseASF, Entities: rmcp.EntityIPMI | rmcp.EntityASF1}
}

// Payload echoes.
func (m *machine) Payload(s *rmcp.Session, p rmcp.Payload) {
	p.Data = bytes.Clone(p.Data)
	m.table.SendPayload(s, p)
}

func (m *machine) UserByName(_ uint8, name []byte, role ipmb.Privilege) (rmcp.User, bool) {
	for _, u := range m.users {
		if u.Name == string(name) && (role == ipmb.PrivilegeUnspecified || role == u.Limit) {
			return u, true
		}
	}
	return rmcp.User{}, false
}

func (m *machine) Execute(r *rmcp.Request, out []byte) ([]byte, bool) {
	data, err := m.run(r)
	cc, _ := err.(ipmb.CompletionCode)
	return append(append(out, byte(cc)), data...), true
}

func (m *machine) run(r *rmcp.Request) ([]byte, error) {
	data := r.Message.Data
	switch r.Message.Cmd {
	case 0x01:
		return deviceID, nil
	case 0x39:
		u, ok := m.UserByName(r.Channel, bytes.TrimRight(data[1:], "\x00"), 0)
		if !ok {
			return nil, ipmb.CompletionCode(0x81)
		}
		id, challenge, err := m.table.Challenge(r, rmcp.AuthType(data[0]), &u)
		return append(binary.LittleEndian.AppendUint32(nil, id), challenge[:]...), err
	case 0x3a:
		req, err := rmcp.ParseActivateSession(data)
		if err != nil {
			return nil, err
		}
		got, err := m.table.Activate(r, &rmcp.Activation{
			ActivateSession: req, Limit: ipmb.PrivilegeAdministrator,
			MessageAuthOff: m.channel.MessageAuthOff, UserAuthOff: m.channel.UserAuthOff,
		})
		if err != nil {
			return nil, err
		}
		b := binary.LittleEndian.AppendUint32([]byte{byte(got.AuthType)}, got.ID)
		return append(binary.LittleEndian.AppendUint32(b, got.Inbound), byte(got.Privilege)), nil
	case 0x3b:
		if ipmb.Privilege(data[0]) > r.Session.MaxPrivilege() {
			return nil, ipmb.CompletionCode(0x81)
		}
		r.Session.SetPrivilege(ipmb.Privilege(data[0]))
		return data[:1], nil
	case 0x3c:
		m.table.End(r.Session, rmcp.EndClosed)
		return nil, nil
	}
	return nil, ipmb.InvalidCommand
}
