package rmcp

import "hash"

const md2Size = 16

// md2 is the MD2 message digest, which old machines still authenticate with. [RFC 1319]
type md2 struct {
	state    [3 * md2Size]byte
	checksum [md2Size]byte
	block    [md2Size]byte
	used     int // bytes of block that wait
}

func newMD2() hash.Hash { return new(md2) }

// Reset starts a new message.
func (d *md2) Reset() { *d = md2{} }

// Size is the length of a digest.
func (d *md2) Size() int { return md2Size }

// BlockSize is the length of a block.
func (d *md2) BlockSize() int { return md2Size }

// Write adds p to the message. It never fails.
func (d *md2) Write(p []byte) (int, error) {
	n := len(p)
	for len(p) > 0 {
		c := copy(d.block[d.used:], p)
		d.used += c
		p = p[c:]
		if d.used == md2Size {
			d.compress()
			d.used = 0
		}
	}
	return n, nil
}

// Sum appends the digest of what was written. [RFC 1319 §3.1, §3.5]
func (d *md2) Sum(b []byte) []byte {
	end := *d
	pad := byte(md2Size - end.used)
	for i := end.used; i < md2Size; i++ {
		end.block[i] = pad
	}
	end.compress()
	end.block = end.checksum
	end.compress()
	return append(b, end.state[:md2Size]...)
}

// compress takes one block into checksum and state. [RFC 1319 §3.2, §3.4]
func (d *md2) compress() {
	l := d.checksum[md2Size-1]
	for i, c := range d.block {
		d.checksum[i] ^= md2Pi[c^l]
		l = d.checksum[i]
		d.state[md2Size+i] = c
		d.state[2*md2Size+i] = c ^ d.state[i]
	}
	var t byte
	for round := range byte(18) {
		for i := range d.state {
			d.state[i] ^= md2Pi[t]
			t = d.state[i]
		}
		t += round
	}
}

// md2Pi is the permutation made from the digits of pi. [RFC 1319 Appendix A.3]
var md2Pi = [256]byte{
	41, 46, 67, 201, 162, 216, 124, 1, 61, 54, 84, 161, 236, 240, 6, 19,
	98, 167, 5, 243, 192, 199, 115, 140, 152, 147, 43, 217, 188, 76, 130, 202,
	30, 155, 87, 60, 253, 212, 224, 22, 103, 66, 111, 24, 138, 23, 229, 18,
	190, 78, 196, 214, 218, 158, 222, 73, 160, 251, 245, 142, 187, 47, 238, 122,
	169, 104, 121, 145, 21, 178, 7, 63, 148, 194, 16, 137, 11, 34, 95, 33,
	128, 127, 93, 154, 90, 144, 50, 39, 53, 62, 204, 231, 191, 247, 151, 3,
	255, 25, 48, 179, 72, 165, 181, 209, 215, 94, 146, 42, 172, 86, 170, 198,
	79, 184, 56, 210, 150, 164, 125, 182, 118, 252, 107, 226, 156, 116, 4, 241,
	69, 157, 112, 89, 100, 113, 135, 32, 134, 91, 207, 101, 230, 45, 168, 2,
	27, 96, 37, 173, 174, 176, 185, 246, 28, 70, 97, 105, 52, 64, 126, 15,
	85, 71, 163, 35, 221, 81, 175, 58, 195, 92, 249, 206, 186, 197, 234, 38,
	44, 83, 13, 110, 133, 40, 132, 9, 211, 223, 205, 244, 65, 129, 77, 82,
	106, 220, 55, 200, 108, 193, 171, 250, 36, 225, 123, 8, 12, 189, 177, 74,
	120, 136, 149, 139, 227, 99, 232, 109, 233, 203, 213, 254, 59, 0, 29, 57,
	242, 239, 183, 14, 102, 88, 208, 228, 166, 119, 114, 248, 235, 117, 75, 10,
	49, 68, 80, 180, 143, 237, 31, 26, 219, 153, 141, 51, 159, 17, 131, 20,
}
