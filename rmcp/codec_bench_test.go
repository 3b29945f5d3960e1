package rmcp

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// sealer makes the states of one suite.
func sealer(t testing.TB, id uint8) (*Integrity, *Confidentiality) {
	t.Helper()
	suite, _ := SuiteByID(id)
	k := vectors{k1: allVectors[0].k1, k2: allVectors[0].k2}
	if suite.Auth == AuthRAKPHMACSHA256 {
		k = allVectors[2]
	}
	i, err := NewIntegrity(suite.Integrity, unhex(k.k1), vectorPassword)
	if err != nil {
		t.Fatal(err)
	}
	c, err := NewConfidentiality(suite.Confidentiality, unhex(k.k2), rand.NewChaCha8([32]byte{}))
	if err != nil {
		t.Fatal(err)
	}
	return i, c
}

// requestAnswer parses, verifies and opens a request and seals an answer of the size of Get Device ID's.
func requestAnswer(t testing.TB, in, scratch, out []byte, i *Integrity, c *Confidentiality) []byte {
	copy(scratch, in)
	_, rest, err := ParseHeader(scratch[:len(in)])
	if err != nil {
		t.Fatal(err)
	}
	p, err := ParsePacket20(rest)
	if err != nil || p.Authenticated && !p.Verify(i) {
		t.Fatal("request refused", err)
	}
	plain := p.Payload
	if p.Encrypted {
		if plain, err = c.Open(p.Payload); err != nil {
			t.Fatal(err)
		}
	}
	answer := Packet20{Authenticated: true, Encrypted: true, SessionID: 1, Sequence: 2, Payload: plain}
	return answer.Seal(out[:0], i, c)
}

// TestExchangeAllocatesNothing is not parallel: AllocsPerRun counts the whole process.
func TestExchangeAllocatesNothing(t *testing.T) {
	for id := range uint8(SuiteCount) {
		i, c := sealer(t, id)
		request := (&Packet20{Authenticated: true, Encrypted: true, SessionID: 1, Sequence: 1, Payload: vectorMessage}).Seal(nil, i, c)
		scratch, out := make([]byte, 256), make([]byte, 0, 256)
		if n := testing.AllocsPerRun(100, func() { requestAnswer(t, request, scratch, out, i, c) }); n != 0 {
			t.Errorf("suite %d: %v allocations for a request and its answer", id, n)
		}
	}
	for _, authType := range []AuthType{AuthTypeNone, AuthTypeMD2, AuthTypeMD5, AuthTypeStraight} {
		a, err := NewAuthCoder(authType, []byte("secretpw"))
		if err != nil {
			t.Fatal(err)
		}
		p := Packet15{SessionID: 1, Sequence: 1, Message: vectorMessage}
		request, out := p.Seal(nil, a), make([]byte, 0, 256)
		if n := testing.AllocsPerRun(100, func() {
			got, err := ParsePacket15(request[HeaderSize:])
			if err != nil || !got.Verify(a) {
				t.Fatal("request refused", err)
			}
			got.Seal(out[:0], a)
		}); n != 0 {
			t.Errorf("%v: %v allocations for a request and its answer", authType, n)
		}
	}
}

func BenchmarkExchange(b *testing.B) {
	for _, id := range []uint8{0, 2, 3, 4, 8, 12, 17} {
		b.Run(fmt.Sprintf("suite=%d", id), func(b *testing.B) {
			i, c := sealer(b, id)
			request := (&Packet20{Authenticated: true, Encrypted: true, SessionID: 1, Sequence: 1, Payload: vectorMessage}).Seal(nil, i, c)
			scratch, out := make([]byte, 256), make([]byte, 0, 256)
			b.ReportAllocs()
			for b.Loop() {
				requestAnswer(b, request, scratch, out, i, c)
			}
		})
	}
}

// BenchmarkKeys is the cryptography of one login at the BMC.
func BenchmarkKeys(b *testing.B) {
	for _, id := range []uint8{3, 8, 17} {
		suite, _ := SuiteByID(id)
		b.Run(fmt.Sprintf("suite=%d", id), func(b *testing.B) {
			x := vectorExchange(suite.Auth)
			code := x.AppendRAKP3Code(nil, vectorPassword)
			r := rand.NewChaCha8([32]byte{})
			b.ReportAllocs()
			for b.Loop() {
				x.AppendRAKP2Code(nil, vectorPassword)
				if !x.VerifyRAKP3Code(code, vectorPassword) {
					b.Fatal("code refused")
				}
				k := x.Keys(Key{}, vectorPassword)
				if _, err := NewIntegrity(suite.Integrity, k.K1(), vectorPassword); err != nil {
					b.Fatal(err)
				}
				if _, err := NewConfidentiality(suite.Confidentiality, k.K2(), r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
