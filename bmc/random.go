package bmc

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	mathrand "math/rand/v2"
)

// random hands out independent streams of random bytes, one for each purpose. With a seed, every stream follows from
// (seed, purpose) alone, so that a new user of randomness does not shift the others' draws. Without one, streams are
// keyed by the operating system.
type random struct {
	seed uint64 // 0: none
}

func newRandom(seed uint64) *random { return &random{seed: seed} }

// stream is the random source for a purpose. It is a cipher's key stream (ChaCha8), because session IDs, challenges and
// initialization vectors come from it. Not safe for concurrent use.
func (r *random) stream(purpose string) *mathrand.ChaCha8 {
	var key [32]byte
	if r.seed == 0 {
		rand.Read(key[:])
		return mathrand.NewChaCha8(key)
	}
	var seed [8]byte
	binary.LittleEndian.PutUint64(seed[:], r.seed)
	return mathrand.NewChaCha8(sha256.Sum256(append(seed[:], purpose...)))
}

// keyedReader is a stream that can be keyed anew.
type keyedReader struct{ src *mathrand.ChaCha8 }

// Read fills b; it never fails.
func (k *keyedReader) Read(b []byte) (int, error) { return k.src.Read(b) }

// rekey mixes key into the stream: what follows depends on what the stream held and on the key. [IPMI 2.0 §22.25, KR]
func (k *keyedReader) rekey(key []byte) {
	var held [32]byte
	k.src.Read(held[:])
	k.src.Seed(sha256.Sum256(append(held[:], key...)))
}
