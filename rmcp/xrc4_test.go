package rmcp

import (
	"bytes"
	"crypto/rc4"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"testing"
)

// xrc4Pair is the two ends of a session; the BMC's initialization vectors are 30h..3Fh, 40h..4Fh and 50h..5Fh.
func xrc4Pair(t *testing.T, alg ConfidentialityAlg) (bmc, console *Confidentiality) {
	t.Helper()
	k2 := unhex(allVectors[0].k2)
	bmc, err := NewConfidentiality(alg, k2, bytes.NewReader(sequence(0x30, 3*IVSize)))
	if err != nil {
		t.Fatal(err)
	}
	console, err = NewConfidentiality(alg, k2, bytes.NewReader(sequence(0x80, 2*IVSize)))
	if err != nil {
		t.Fatal(err)
	}
	return bmc, console
}

// wantOpen clones sealed, opens it and compares.
func wantOpen(t *testing.T, what string, c *Confidentiality, sealed []byte, want string) {
	t.Helper()
	if got, err := c.Open(bytes.Clone(sealed)); err != nil || string(got) != want {
		t.Errorf("13.30 %s: %q, %v, want %q", what, got, err, want)
	}
}

func TestXRC4Stream(t *testing.T) {
	t.Parallel()
	for _, alg := range []ConfidentialityAlg{ConfidentialityXRC4128, ConfidentialityXRC440} {
		t.Run(alg.String(), func(t *testing.T) {
			t.Parallel()
			bmc, console := xrc4Pair(t, alg)
			var packets [][]byte
			for i := range 6 {
				packets = append(packets, bmc.Seal(nil, fmt.Appendf(nil, "packet %d", i)))
			}
			// One keystream over all packets, as crypto/rc4 makes it.
			krc := unhex(allVectors[0].krc)
			if alg == ConfidentialityXRC440 {
				krc = krc[:5]
			}
			reference, err := rc4.NewCipher(krc)
			if err != nil {
				t.Fatal(err)
			}
			for i, p := range packets {
				want := fmt.Appendf(nil, "packet %d", i)
				reference.XORKeyStream(want, want)
				header := fmt.Sprintf("%02x000000", 8*i)
				if i == 0 {
					header += hex.EncodeToString(vectorIV)
				}
				wantHex(t, fmt.Sprintf("13.30 packet %d", i), p, header+hex.EncodeToString(want))
			}

			if _, err := console.Open(bytes.Clone(packets[1])); !errors.Is(err, ErrOffset) {
				t.Errorf("13.30 a stream without a beginning: %v", err)
			}
			wantOpen(t, "first", console, packets[0], "packet 0")
			wantOpen(t, "in order", console, packets[1], "packet 1")
			wantOpen(t, "after a loss", console, packets[4], "packet 4")
			wantOpen(t, "overtaken", console, packets[2], "packet 2")
			wantOpen(t, "in order again", console, packets[5], "packet 5")

			bmc.Restart()
			again := bmc.Seal(nil, []byte("new"))
			if again[0] != 0 || !bytes.Equal(again[4:20], sequence(0x40, IVSize)) {
				t.Errorf("24.3 a restarted stream has offset 0 and a new IV: %x", again)
			}
			wantOpen(t, "restarted", console, again, "new")
			wantOpen(t, "restarted, second", console, bmc.Seal(nil, []byte("er")), "er")
			wantOpen(t, "the other direction", bmc, console.Seal(nil, []byte("hello")), "hello")
		})
	}
}

func TestXRC4Bounds(t *testing.T) {
	t.Parallel()
	bmc, console := xrc4Pair(t, ConfidentialityXRC4128)
	wantOpen(t, "first", console, bmc.Seal(nil, []byte("x")), "x")
	for name, test := range map[string]struct {
		in   string
		want error
	}{
		"no offset":         {"000000", ErrCiphertext},
		"no IV":             {"00000000 0102", ErrCiphertext},
		"offset too far":    {"02001000 aa", ErrOffset},
		"offset at the end": {"ffffffff aa", ErrOffset},
	} {
		if _, err := console.Open(unhex(test.in)); !errors.Is(err, test.want) {
			t.Errorf("13.30 %s: %v, want %v", name, err, test.want)
		}
	}
	wantOpen(t, "after refused packets", console, bmc.Seal(nil, []byte("y")), "y")

	bmc.sent.offset = math.MaxUint32 - 1
	if got := bmc.Seal(nil, []byte("zz")); len(got) != 4+IVSize+2 {
		t.Errorf("13.30 a stream must start anew before its offset overflows: %x", got)
	}
	if got := bmc.Seal(nil, nil); len(got) != 4 || got[0] != 2 {
		t.Errorf("13.30 an empty payload: %x", got)
	}
	bmc.Restart()
	if got := bmc.Seal(nil, nil); len(got) != 4+IVSize {
		t.Errorf("13.30 an empty payload at offset 0: %x", got)
	}
	bmc.rand = bytes.NewReader(vectorIV)
	if got := bmc.Seal(nil, []byte("a")); len(got) != 4+IVSize+1 {
		t.Errorf("13.30 a second packet at offset 0 needs an IV, too: %x", got)
	}
}
