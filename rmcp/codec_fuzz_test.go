package rmcp

import (
	"bytes"
	"testing"
)

// appender is a message or packet that can be written again.
type appender interface{ AppendTo([]byte) []byte }

// fuzzParse checks that a parser does not panic, does not change its input, and that what it accepts is read again the
// same way after it was written. skip cuts off what AppendTo writes in front of what the parser reads.
func fuzzParse[M any](f *testing.F, skip int, parse func([]byte) (M, error), write func(*M) appender) {
	f.Fuzz(func(t *testing.T, in []byte) {
		kept := bytes.Clone(in)
		m, err := parse(in)
		if !bytes.Equal(in, kept) {
			t.Fatalf("input was changed to %x", in)
		}
		if err != nil {
			return
		}
		first := write(&m).AppendTo(nil)
		again, err := parse(first[skip:])
		if err != nil {
			t.Fatalf("wrote %x, which is refused: %v", first, err)
		}
		if second := write(&again).AppendTo(nil); !bytes.Equal(first, second) {
			t.Fatalf("wrote %x, then %x", first, second)
		}
	})
}

func FuzzParseHeader(f *testing.F) {
	f.Add(unhex("0600ff07"))
	f.Add(unhex("06000586"))
	fuzzParse(f, 0, func(b []byte) (Header, error) { h, _, err := ParseHeader(b); return h, err },
		func(h *Header) appender { return h })
}

func FuzzParsePing(f *testing.F) {
	f.Add(unhex("000011be80070000"))
	fuzzParse(f, HeaderSize, ParsePing, func(p *Ping) appender { return p })
}

func FuzzParsePong(f *testing.F) {
	f.Add(unhex("000011be40070010000011be0000000081000000000000000000"))
	fuzzParse(f, HeaderSize, ParsePong, func(p *Pong) appender { return p })
}

func FuzzParsePacket15(f *testing.F) {
	f.Add(unhex("00010000008877665502aabb"))
	f.Add(unhex("020100000088776655000102030405060708090a0b0c0d0e0f02aabb00"))
	fuzzParse(f, HeaderSize, ParsePacket15, func(p *Packet15) appender { return p })
}

func FuzzParsePacket20(f *testing.F) {
	f.Add(unhex("061000000000000000000200aabb"))
	f.Add(unhex("0602664a000034128877665501000000 0100aa"))
	f.Add(unhex("06408877665501000000" + "07002018c88104017affffff03078efc5c934d10be30f07a7ff5"))
	i, err := NewIntegrity(IntegrityHMACSHA1, unhex(allVectors[0].k1), Key{})
	if err != nil {
		f.Fatal(err)
	}
	fuzzParse(f, HeaderSize, func(b []byte) (Packet20, error) {
		p, err := ParsePacket20(b)
		if err == nil {
			p.Verify(i)
		}
		return p, err
	}, func(p *Packet20) appender { return p })
}

func FuzzParseOpenSessionRequest(f *testing.F) {
	f.Add(unhex("05040000a0a2a3a4 0000000801000000 0100000801000000 0200000000000000"))
	fuzzParse(f, 0, ParseOpenSessionRequest, func(r *OpenSessionRequest) appender { return r })
}

func FuzzParseOpenSessionResponse(f *testing.F) {
	f.Add(unhex("05000400a0a2a3a488776655 0000000803000000 0100000804000000 0200000801000000"))
	f.Add(unhex("05110000a0a2a3a4"))
	fuzzParse(f, 0, ParseOpenSessionResponse, func(r *OpenSessionResponse) appender { return r })
}

func FuzzParseRAKP1(f *testing.F) {
	f.Add(unhex("0600000088776655000102030405060708090a0b0c0d0e0f1400000561646d696e"))
	fuzzParse(f, 0, ParseRAKP1, func(r *RAKP1) appender { return r })
}

func FuzzParseRAKP2(f *testing.F) {
	f.Add(unhex("0600000044332211101112131415161718191a1b1c1d1e1fa0a1a2a3a4a5a6a7a8a9aaabacadaeaf010203"))
	f.Add(unhex("060d000044332211"))
	fuzzParse(f, 0, ParseRAKP2, func(r *RAKP2) appender { return r })
}

func FuzzParseRAKP3(f *testing.F) {
	f.Add(unhex("07000000887766550102"))
	fuzzParse(f, 0, ParseRAKP3, func(r *RAKP3) appender { return r })
}

func FuzzParseRAKP4(f *testing.F) {
	f.Add(unhex("07000000443322110102"))
	fuzzParse(f, 0, ParseRAKP4, func(r *RAKP4) appender { return r })
}

// FuzzConfidentialityOpen opens arbitrary payloads, and what was sealed by the other side in between.
func FuzzConfidentialityOpen(f *testing.F) {
	f.Add(uint8(1), make([]byte, 32), []byte("plain"))
	f.Add(uint8(2), unhex("00000000"+"303132333435363738393a3b3c3d3e3f"+"aabb"), []byte("plain"))
	f.Add(uint8(3), unhex("02000000aabb"), []byte{})
	key := make([]byte, 16)
	f.Fuzz(func(t *testing.T, alg uint8, payload, plain []byte) {
		zeros := zeroReader{}
		ours, err := NewConfidentiality(ConfidentialityAlg(alg%4), key, zeros)
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := NewConfidentiality(ConfidentialityAlg(alg%4), key, zeros)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			ours.Open(bytes.Clone(payload))
			theirs.Restart()
			sealed := theirs.Seal(nil, plain)
			if len(sealed) > len(plain)+theirs.Overhead() {
				t.Fatalf("%d bytes became %d", len(plain), len(sealed))
			}
			if got, err := ours.Open(sealed); err != nil || !bytes.Equal(got, plain) {
				t.Fatalf("opened %x, %v, want %x", got, err, plain)
			}
		}
	})
}

// zeroReader is a source of zeros: a fuzz target must do the same each time.
type zeroReader struct{}

func (zeroReader) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}
