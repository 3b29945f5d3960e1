package rmcp

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/fakebmc/fakebmc/ipmb"
)

func TestHeader(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, in string
		want     Header
		err      error
		ack      string // the ACK, empty when none is wanted
	}{
		{"13.1.3 IPMI", "0600ff07", Header{Sequence: 0xff, Class: ClassIPMI}, nil, ""},
		{"13.2.1 ASF that wants an ACK", "06000506", Header{Sequence: 5, Class: ClassASF}, nil, "06000586"},
		{"13.2.1 an ACK wants none", "06000586", Header{Sequence: 5, Class: ClassASF, ACK: true}, nil, ""},
		{"13.1.3 reserved bits", "06550667", Header{Sequence: 6, Class: ClassIPMI}, nil, "06000687"},
		{"13.1.3 OEM", "0600ff08", Header{Sequence: 0xff, Class: ClassOEM}, nil, ""},
		{"13.1.3 version", "0700ff07", Header{}, ErrVersion, ""},
		{"13.1.3 short", "0600ff", Header{}, ipmb.ErrLength, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, rest, err := ParseHeader(append(unhex(test.in), "rest"...))
			if len(test.in) < 2*HeaderSize {
				got, rest, err = ParseHeader(unhex(test.in))
			}
			if got != test.want || !errors.Is(err, test.err) || err == nil && string(rest) != "rest" {
				t.Fatalf("got %+v, %q, %v", got, rest, err)
			}
			if err == nil && got.WantsACK() != (test.ack != "") {
				t.Errorf("WantsACK is %v", got.WantsACK())
			}
			if test.ack != "" {
				wantHex(t, "ACK", got.Acknowledgement().AppendTo(nil), test.ack)
			}
		})
	}
}

func TestASF(t *testing.T) {
	t.Parallel()
	wantHex(t, "13.2.3 ping", Ping{Tag: 7}.AppendTo(nil), "0600ff06 000011be 80070000")
	wantHex(t, "13.2.4 pong", Pong{Tag: 7, Presence: Presence{
		Enterprise: EnterpriseASF, Entities: EntityIPMI | EntityASF1,
	}}.AppendTo(nil), "0600ff06 000011be 40070010 000011be 00000000 81 00 000000000000")
	wantHex(t, "DCMI 4.4 pong", Pong{Presence: Presence{
		Enterprise: EnterpriseDCMI, OEM: 0x01020304, Entities: 0x81, Interactions: InteractSecurity | InteractDASH,
	}}.AppendTo(nil), "0600ff06 000011be 40000010 00008e71 01020304 81 a0 000000000000")
	for in, want := range map[string]error{
		"000011be 80070000":      nil,
		"000011be 8007000101":    nil,
		"000011be 80070001":      ipmb.ErrLength, // data length beyond the end
		"000011be 800700":        ipmb.ErrLength,
		"000011be 40070000":      ErrNotASF, // a pong
		"000011bf 80070000":      ErrNotASF, // another enterprise
		"000011be 80070000 ffff": nil,
	} {
		if p, err := ParsePing(unhex(in)); !errors.Is(err, want) || err == nil && p.Tag != 7 {
			t.Errorf("13.2.3 %s: %+v, %v", in, p, err)
		}
	}
}

func TestParsePacket15(t *testing.T) {
	t.Parallel()
	const code = "000102030405060708090a0b0c0d0e0f"
	for _, test := range []struct {
		name, in string
		want     Packet15
		err      error
	}{
		{"13.6 none", "00 01000000 88776655 02 aabb",
			Packet15{Sequence: 1, SessionID: 0x55667788, Message: unhex("aabb")}, nil},
		{"13.6 MD5", "02 01000000 88776655" + code + "02 aabb",
			Packet15{AuthType: AuthTypeMD5, Sequence: 1, SessionID: 0x55667788, AuthCode: unhex(code), Message: unhex("aabb")}, nil},
		{"13.6 legacy pad", "00 01000000 88776655 02 aabb 00",
			Packet15{Sequence: 1, SessionID: 0x55667788, Message: unhex("aabb")}, nil},
		{"13.6 reserved bits of AuthType", "f0 01000000 88776655 02 aabb",
			Packet15{Sequence: 1, SessionID: 0x55667788, Message: unhex("aabb")}, nil},
		{"13.6 two bytes more", "00 01000000 88776655 02 aabb 0000", Packet15{}, ipmb.ErrLength},
		{"13.6 message cut", "00 01000000 88776655 03 aabb", Packet15{}, ipmb.ErrLength},
		{"13.6 AuthCode cut", "02 01000000 88776655 00010203", Packet15{}, ipmb.ErrLength},
		{"13.6 nothing behind the AuthCode", "02 01000000 88776655" + code, Packet15{}, ipmb.ErrLength},
		{"13.6 RMCP+ format", "06 01000000 88776655 02 aabb", Packet15{}, ErrFormat},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := ParsePacket15(unhex(test.in))
			if !reflect.DeepEqual(got, test.want) || !errors.Is(err, test.err) {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

func TestParsePacket20(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, in string
		want     Packet20
		err      error
	}{
		{"13.6 outside of a session", "0610 00000000 00000000 0200 aabb",
			Packet20{Type: PayloadOpenSessionRequest, Payload: unhex("aabb")}, nil},
		{"13.6 in a session", "06c1 88776655 01000000 0200 aabb ffffff",
			Packet20{Type: PayloadSOL, Encrypted: true, Authenticated: true, SessionID: 0x55667788, Sequence: 1, Payload: unhex("aabb")}, nil},
		{"13.6 OEM explicit", "0602 664a0000 3412 88776655 01000000 0100 aa",
			Packet20{Type: PayloadOEMExplicit, Enterprise: 0x4a66, OEMPayload: 0x1234, SessionID: 0x55667788, Sequence: 1, Payload: unhex("aa")}, nil},
		{"13.6 protected without a session", "06c0 00000000 00000000 0200 aabb", Packet20{}, ErrFormat},
		{"13.6 payload cut", "0600 00000000 00000000 0300 aabb", Packet20{}, ipmb.ErrLength},
		{"13.6 header cut", "0600 00000000 00000000 03", Packet20{}, ipmb.ErrLength},
		{"13.6 OEM header cut", "0602 664a0000 3412 88776655 0100", Packet20{}, ipmb.ErrLength},
		{"13.6 v1.5 format", "0000 00000000 00000000 0200 aabb", Packet20{}, ErrFormat},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := ParsePacket20(unhex(test.in))
			got.whole, got.trailer = nil, nil
			if !reflect.DeepEqual(got, test.want) || !errors.Is(err, test.err) {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

// TestTrailer signs odd but legal and illegal trailers with the right key.
func TestTrailer(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, body string
		size       int // of the AuthCode that is sent
		want       bool
	}{
		{"13.6 as it should be", "0640887766550100000002 00 aabb 0007", 12, true},
		{"13.6 four pad bytes instead of none", "0640887766550100000002 00 aabb ffffffff 0407", 12, true},
		{"13.6 pad of other bytes", "0640887766550100000002 00 aabb 00000000 0407", 12, true},
		{"13.6 pad length too small", "0640887766550100000002 00 aabb ffffffff 0307", 12, false},
		{"13.6 pad length too large", "0640887766550100000002 00 aabb ffffffff ff07", 12, false},
		{"13.6 next header", "0640887766550100000002 00 aabb 0006", 12, false},
		{"13.6 AuthCode cut", "0640887766550100000002 00 aabb 0007", 11, false},
		{"13.6 no trailer", "0640887766550100000002 00 aabb", 0, false},
		{"13.6 not marked as authenticated", "0600887766550100000002 00 aabb 0007", 12, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			i, err := NewIntegrity(IntegrityHMACSHA1, unhex(allVectors[0].k1), Key{})
			if err != nil {
				t.Fatal(err)
			}
			b := unhex(test.body)
			b = append(b, i.Sum(nil, b)[:test.size]...)
			p, err := ParsePacket20(b)
			if err != nil {
				t.Fatal(err)
			}
			if got := p.Verify(i); got != test.want {
				t.Errorf("Verify is %v", got)
			}
		})
	}
}

func TestIntegrityNone(t *testing.T) {
	t.Parallel()
	i, err := NewIntegrity(IntegrityNone, nil, Key{})
	if err != nil {
		t.Fatal(err)
	}
	p := Packet20{Authenticated: true, Encrypted: true, SessionID: 1, Sequence: 1, Payload: []byte{0xaa}}
	wantHex(t, "13.6 nothing is marked, nothing is added", p.Seal(nil, i, nil), "0600ff07 0600 01000000 01000000 0100 aa")
	if i.Verify(nil, nil) {
		t.Error("an absent AuthCode is right")
	}
	if _, err := NewIntegrity(9, nil, Key{}); err == nil {
		t.Error("an unknown algorithm is taken")
	}
}

func TestSetupMessages(t *testing.T) {
	t.Parallel()
	open := OpenSessionRequest{
		Tag: 5, Privilege: ipmb.PrivilegeAdministrator, ConsoleID: 0xa4a3a2a0, Auth: Propose(AuthRAKPHMACSHA1),
		Integrity: Propose(IntegrityHMACSHA1), Confidentiality: Proposal[ConfidentialityAlg]{Any: true},
	}
	wantHex(t, "13.17", open.AppendTo(nil),
		"05040000 a0a2a3a4 0000000801000000 0100000801000000 0200000000000000")
	opened := OpenSessionResponse{
		Tag: 5, Privilege: ipmb.PrivilegeAdministrator, ConsoleID: 0xa4a3a2a0, ManagedID: 0x55667788,
		Auth: AuthRAKPHMACSHA256, Integrity: IntegrityHMACSHA256, Confidentiality: ConfidentialityAESCBC,
	}
	wantHex(t, "13.18", opened.AppendTo(nil),
		"05000400 a0a2a3a4 88776655 0000000803000000 0100000804000000 0200000801000000")
	opened.Status = StatusNoCipherSuite
	wantHex(t, "13.18 error", opened.AppendTo(nil), "05110000 a0a2a3a4")
	rakp1 := RAKP1{Tag: 6, ManagedID: 0x55667788, ConsoleRandom: [16]byte(sequence(0, 16)),
		Role: NewRole(ipmb.PrivilegeAdministrator, true), Name: []byte("admin")}
	wantHex(t, "13.20", rakp1.AppendTo(nil),
		"06000000 88776655 000102030405060708090a0b0c0d0e0f 14 0000 05 61646d696e")
	rakp2 := RAKP2{Tag: 6, ConsoleID: 0x11223344, ManagedRandom: [16]byte(sequence(0x10, 16)),
		GUID: [16]byte(sequence(0xa0, 16)), Code: []byte{1, 2, 3}}
	wantHex(t, "13.21", rakp2.AppendTo(nil), "06000000 44332211 101112131415161718191a1b1c1d1e1f"+
		"a0a1a2a3a4a5a6a7a8a9aaabacadaeaf 010203")
	rakp2.Status = StatusUnauthorizedName
	wantHex(t, "13.21 error", rakp2.AppendTo(nil), "060d0000 44332211")
	wantHex(t, "13.22", (&RAKP3{Tag: 7, ManagedID: 0x55667788, Code: []byte{1, 2}}).AppendTo(nil), "07000000 88776655 0102")
	wantHex(t, "13.22 refusal", (&RAKP3{Tag: 7, Status: 0x0f, ManagedID: 0x55667788, Code: []byte{1}}).AppendTo(nil), "070f0000 88776655")
	wantHex(t, "13.23", (&RAKP4{Tag: 7, ConsoleID: 0x11223344, ICV: []byte{1, 2}}).AppendTo(nil), "07000000 44332211 0102")
	wantHex(t, "13.23 error", (&RAKP4{Tag: 7, Status: 0x0f, ConsoleID: 0x11223344}).AppendTo(nil), "070f0000 44332211")
}

func TestParseOpenSessionRequest(t *testing.T) {
	t.Parallel()
	const head, auth, integrity, confidentiality = "05000000 a0a2a3a4", "0000000803000000", "0100000804000000", "0200000801000000"
	for name, test := range map[string]struct {
		in  string
		err error
	}{
		"13.17":                             {head + auth + integrity + confidentiality, nil},
		"13.17 wildcards":                   {head + "0000000000000000" + "0100000000000000" + "0200000000000000", nil},
		"13.17 bytes behind":                {head + auth + integrity + confidentiality + "00", nil},
		"13.24 integrity first":             {head + integrity + auth + confidentiality, StatusNoMatchingAuth},
		"13.24 authentication twice":        {head + auth + auth + confidentiality, StatusNoMatchingIntegrity},
		"13.24 no confidentiality":          {head + auth + integrity + integrity, StatusIllegalParameter},
		"13.24 payload of nine bytes":       {head + "0000000903000000" + integrity + confidentiality, StatusIllegalParameter},
		"13.24 unknown kind of payload":     {head + "0300000803000000" + integrity + confidentiality, StatusInvalidPayloadType},
		"13.24 two algorithm payloads only": {head + auth + integrity, StatusIllegalParameter},
		"13.17 nothing to answer to":        {"05000000 a0a2a3", ipmb.ErrLength},
	} {
		got, err := ParseOpenSessionRequest(unhex(test.in))
		if !errors.Is(err, test.err) || errors.Is(test.err, nil) && err != nil {
			t.Errorf("%s: %v, want %v", name, err, test.err)
		}
		if test.err != error(ipmb.ErrLength) && (got.Tag != 5 || got.ConsoleID != 0xa4a3a2a0) {
			t.Errorf("%s: cannot be answered: %+v", name, got)
		}
	}
}

func TestParseRAKP1(t *testing.T) {
	t.Parallel()
	const head = "06000000 88776655 000102030405060708090a0b0c0d0e0f 94 0000"
	for name, test := range map[string]struct {
		in, user string
		err      error
	}{
		"13.20":                      {head + "05 61646d696e", "admin", nil},
		"13.20 no name":              {head + "00", "", nil},
		"13.20 fixed-size name":      {head + "05 61646d696e 0000000000000000000000", "admin", nil},
		"13.20 sixteen":              {head + "10 30313233343536373839303132333435", "0123456789012345", nil},
		"13.24 seventeen":            {head + "11 3031323334353637383930313233343536", "", StatusInvalidNameLength},
		"13.24 name cut":             {head + "05 61646d69", "", StatusInvalidNameLength},
		"13.24 no name length":       {head, "", StatusIllegalParameter},
		"13.20 nothing to answer to": {"06000000 887766", "", ipmb.ErrLength},
	} {
		got, err := ParseRAKP1(unhex(test.in))
		if err != test.err || string(got.Name) != test.user {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
		if err == nil && (got.Role != 0x94 || got.Role.Privilege() != 4 || !got.Role.NameOnly() || got.ManagedID != 0x55667788) {
			t.Errorf("%s: the role is the whole byte: %+v", name, got)
		}
	}
}

func TestStatusNames(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for s := StatusOK; s <= StatusIllegalParameter; s++ {
		name := s.String()
		if name == "" || name == "reserved" || seen[name] {
			t.Errorf("13.24: status %02Xh is %q", uint8(s), name)
		}
		seen[name] = true
	}
	if got := fmt.Sprint(error(Status(0x0d))); got != "rmcp+ status 0Dh: unauthorized name" {
		t.Error(got)
	}
	if Status(0x13).String() != "reserved" {
		t.Error("13h is reserved")
	}
}

// TestSuites holds the table of [IPMI 2.0 §22.15.2, Table 22-20] as triples of numbers.
func TestSuites(t *testing.T) {
	t.Parallel()
	const table = "000000 010000 010100 010101 010102 010103 020000 020200 020201 020202" +
		"020203 020300 020301 020302 020303 030000 030400 030401 030402 030403"
	numbers := unhex(table)
	for id := range uint8(SuiteCount) {
		s, ok := SuiteByID(id)
		row := numbers[3*int(id):]
		if !ok || s.ID != id || byte(s.Auth) != row[0] || byte(s.Integrity) != row[1] || byte(s.Confidentiality) != row[2] {
			t.Errorf("22.15.2: %v, want % x", s, row[:3])
		}
		if again, ok := SuiteOf(s.Auth, s.Integrity, s.Confidentiality); !ok || again != s {
			t.Errorf("22.15.2: %v is found as %v", s, again)
		}
	}
	if _, ok := SuiteByID(SuiteCount); ok {
		t.Error("there is no suite 20")
	}
	if _, ok := SuiteOf(AuthRAKPNone, IntegrityHMACSHA1, ConfidentialityNone); ok {
		t.Error("RAKP-none has no integrity")
	}
	three, _ := SuiteByID(3)
	seventeen, _ := SuiteByID(17)
	zero, _ := SuiteByID(0)
	list := []Suite{zero, three, seventeen}
	wantHex(t, "22.15.1 by suite", AppendSuiteRecords(nil, list), "c000004080 c003014181 c011034481")
	wantHex(t, "22.15.1 by algorithm", AppendSuiteAlgorithms(nil, list), "000103 404144 8081")
}

func TestAESPads(t *testing.T) {
	t.Parallel()
	key := unhex(allVectors[0].k2)
	for size := range 40 {
		c, err := NewConfidentiality(ConfidentialityAESCBC, key, bytes.NewReader(vectorIV))
		if err != nil {
			t.Fatal(err)
		}
		plain := sequence(1, size)
		sealed := c.Seal([]byte("before"), plain)[len("before"):]
		if want := IVSize + (size+16)/16*16; len(sealed) != want || len(sealed) > size+c.Overhead() {
			t.Errorf("13.29 %d bytes become %d, want %d", size, len(sealed), want)
		}
		if got, err := c.Open(sealed); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("13.29 %d bytes: %x, %v", size, got, err)
		}
	}
	for name, test := range map[string]struct {
		blocks string
		want   string
		err    error
	}{
		"13.29 no pad":               {"000102030405060708090a0b0c0d0e 00", "000102030405060708090a0b0c0d0e", nil},
		"13.29 pad of fifteen":       {"0102030405060708090a0b0c0d0e0f 0f", "", nil},
		"13.29 pad byte wrong":       {"0000000000000000000000000001 03 02", "", ErrPad},
		"13.29 PKCS#7":               {"000102030405060708090a 05050505 05", "", ErrPad},
		"13.29 pad beyond the start": {"0102030405060708090a0b0c0d0e0f 10", "", ErrPad},
		"13.29 pad of 255":           {"0102030405060708090a0b0c0d0e0f ff", "", ErrPad},
		"13.29 pad of seventeen": {"000102030405060708090a0b0c0d 0102 030405060708090a0b0c0d0e0f1011 11",
			"", ErrPad},
		"13.29 pad of sixteen": {"000102030405060708090a0b0c0d0e 01 02030405060708090a0b0c0d0e0f10 10",
			"000102030405060708090a0b0c0d0e", nil},
	} {
		c, err := NewConfidentiality(ConfidentialityAESCBC, key, nil)
		if err != nil {
			t.Fatal(err)
		}
		b := unhex(test.blocks)
		c.encrypt.SetIV(vectorIV)
		c.encrypt.CryptBlocks(b, b)
		got, err := c.Open(append(bytes.Clone(vectorIV), b...))
		if !errors.Is(err, test.err) || err == nil && !bytes.Equal(got, unhex(test.want)) {
			t.Errorf("%s: %x, %v", name, got, err)
		}
	}
	c, _ := NewConfidentiality(ConfidentialityAESCBC, key, nil)
	for _, size := range []int{0, 15, 16, 31, 33} {
		if _, err := c.Open(make([]byte, size)); !errors.Is(err, ErrCiphertext) {
			t.Errorf("13.29 payload of %d bytes: %v", size, err)
		}
	}
}
