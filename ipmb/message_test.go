package ipmb_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/fakebmc/fakebmc/ipmb"
)

// TestMessageVectors are requests and answers as clients and machines sent them; the second is the specification's own
// example of a message to an event receiver, with its checksums. [IPMI 2.0 §13.8, §22.6]
func TestMessageVectors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		wire []byte
		want ipmb.Message
	}{
		{"Get Device ID from a console", []byte{0x20, 0x18, 0xc8, 0x81, 0x04, 0x01, 0x7a},
			ipmb.Message{To: 0x20, NetFn: 0x06, From: 0x81, Seq: 1, Cmd: 0x01}},
		{"Set Event Receiver to 52h, answer to LUN 2", []byte{0x52, 0x10, 0x9e, 0x20, 0x06, 0x00, 0x20, 0x00, 0xba},
			ipmb.Message{To: 0x52, NetFn: 0x04, From: 0x20, Seq: 1, FromLUN: 2, Cmd: 0x00, Data: []byte{0x20, 0x00}}},
		{"its answer", []byte{0x20, 0x16, 0xca, 0x52, 0x04, 0x00, 0x00, 0xaa},
			ipmb.Message{To: 0x20, NetFn: 0x05, ToLUN: 2, From: 0x52, Seq: 1, Cmd: 0x00, Data: []byte{0x00}}},
		{"Get Device ID of a Node Manager", []byte{0x2c, 0x18, 0xbc, 0x20, 0x06, 0x01, 0xd9},
			ipmb.Message{To: 0x2c, NetFn: 0x06, From: 0x20, Seq: 1, FromLUN: 2, Cmd: 0x01}},
	} {
		got, err := ipmb.ParseMessage(tt.wire)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if got.To != tt.want.To || got.NetFn != tt.want.NetFn || got.ToLUN != tt.want.ToLUN || got.From != tt.want.From ||
			got.Seq != tt.want.Seq || got.FromLUN != tt.want.FromLUN || got.Cmd != tt.want.Cmd || !bytes.Equal(got.Data, tt.want.Data) {
			t.Errorf("%s: parsed %+v, want %+v", tt.name, got, tt.want)
		}
		if b := tt.want.AppendTo([]byte{0xee}); !bytes.Equal(b[1:], tt.wire) {
			t.Errorf("%s: appended % x, want % x", tt.name, b[1:], tt.wire)
		}
	}
}

func TestParseMessageRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		wire []byte
		want error
	}{
		{"nothing", nil, ipmb.ErrShort},
		{"six bytes", []byte{0x20, 0x18, 0xc8, 0x81, 0x04, 0x7b}, ipmb.ErrShort},
		{"first checksum", []byte{0x20, 0x18, 0xc9, 0x81, 0x04, 0x01, 0x7a}, ipmb.ErrChecksum},
		{"second checksum", []byte{0x20, 0x18, 0xc8, 0x81, 0x04, 0x01, 0x7b}, ipmb.ErrChecksum},
	} {
		if _, err := ipmb.ParseMessage(tt.wire); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}

// TestResponseTurnsAround shows that an answer goes back where its request came from. [IPMI 2.0 §13.8]
func TestResponseTurnsAround(t *testing.T) {
	t.Parallel()
	req := ipmb.Message{To: 0x20, NetFn: ipmb.NetFnApp, ToLUN: 1, From: 0x81, Seq: 63, FromLUN: 3, Cmd: 0x34, Data: []byte{1}}
	got := req.Response()
	if got.To != 0x81 || got.ToLUN != 3 || got.From != 0x20 || got.FromLUN != 1 || got.NetFn != 7 || got.Seq != 63 || got.Cmd != 0x34 || got.Data != nil {
		t.Errorf("%+v", got)
	}
}

func TestOpOf(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		netFn ipmb.NetFn
		data  []byte
		op    ipmb.Op
		text  string
		rest  []byte
		ok    bool
	}{
		{"plain", 0x07, []byte{9}, ipmb.GetDeviceID, "06h/01h", []byte{9}, true},
		{"DCMI", 0x2c, []byte{0xdc, 1}, ipmb.GetDCMICapabilitiesInfo, "2Ch(DCh)/01h", []byte{1}, true},
		{"Intel", 0x2e, []byte{0x57, 1, 0, 5}, ipmb.Op{NetFn: 0x2e, Enterprise: 343, Cmd: 1}, "2Eh(57 01 00)/01h", []byte{5}, true},
		{"no body", 0x2c, nil, ipmb.Op{}, "", nil, false},
		{"short enterprise", 0x2e, []byte{0x57, 1}, ipmb.Op{}, "", nil, false},
	} {
		op, rest, ok := ipmb.OpOf(tt.netFn, 1, tt.data)
		if ok != tt.ok {
			t.Errorf("%s: ok %t", tt.name, ok)
			continue
		}
		if ok && (op != tt.op || op.String() != tt.text || !bytes.Equal(rest, tt.rest)) {
			t.Errorf("%s: %v, % x", tt.name, op, rest)
		}
		if ext := op.AppendExtension(nil); ok && !bytes.Equal(ext, tt.data[:op.ExtensionLen()]) {
			t.Errorf("%s: extension % x", tt.name, ext)
		}
	}
}

// TestCompletionCodeNames has one code of each kind. [IPMI 2.0 §5.2, Table 5-2]
func TestCompletionCodeNames(t *testing.T) {
	t.Parallel()
	for code, want := range map[ipmb.CompletionCode]string{
		0x00: "ok", 0xc1: "invalid-command", 0xd4: "insufficient-privilege", 0xff: "unspecified",
		0x7e: "device-specific 7Eh", 0x80: "command-specific 80h", 0xbe: "command-specific BEh", 0xbf: "reserved BFh", 0xd7: "reserved D7h",
	} {
		if got := code.String(); got != want {
			t.Errorf("%02Xh is %q, want %q", uint8(code), got, want)
		}
	}
	if got := ipmb.NodeBusy.Error(); got != "completion code C0h (node-busy)" {
		t.Errorf("error text %q", got)
	}
}

// TestReader shows the sticky error.
func TestReader(t *testing.T) {
	t.Parallel()
	r := ipmb.NewReader([]byte{1, 2, 3, 4, 5, 6, 7, 8})
	if a, b, c := r.Byte(), r.Uint16(), r.Uint32(); a != 1 || b != 0x0302 || c != 0x07060504 || r.Len() != 1 || r.Err() != nil {
		t.Errorf("read %x %x %x, %d left, %v", a, b, c, r.Len(), r.Err())
	}
	if err := r.Done(); err != ipmb.ErrLength {
		t.Errorf("a byte is left over: %v", err)
	}
	if got := r.Uint16(); got != 0 || r.Err() != ipmb.ErrLength {
		t.Errorf("read %x behind the end, %v", got, r.Err())
	}
	if got := r.Byte(); got != 0 {
		t.Errorf("read %x after an error", got)
	}
}

func FuzzParseMessage(f *testing.F) {
	f.Add([]byte{0x20, 0x18, 0xc8, 0x81, 0x04, 0x01, 0x7a})
	f.Add([]byte{0x52, 0x10, 0x9e, 0x20, 0x06, 0x00, 0x20, 0x00, 0xba})
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := ipmb.ParseMessage(b)
		if err != nil {
			return
		}
		if got := m.AppendTo(nil); !bytes.Equal(got, b) {
			t.Errorf("% x became % x", b, got)
		}
	})
}
