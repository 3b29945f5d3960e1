package lenovo

import (
	"bytes"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/ipmb"
)

// The thermal profile of iDataPlex servers, 2Eh/41h with the number of IBM eServer X, as xCAT reads and writes it. It tells
// the fans what chassis they are in; that changes nothing here.

// thermalLen is the length of a profile.
const thermalLen = 12

// What xCAT sends, in front of the profile in a write.
var (
	thermalRead  = []byte{0x6f, 0xff, 0x61, 0x00}
	thermalWrite = []byte{0x6f, 0xfe, 0x60, 0, 0, 0, 0, 0, 0, 0, 0xff}
)

// thermalProfile is 2Eh/41h. In front of the profile that is read there are twelve bytes which xCAT skips; they are zero
// here.
func thermalProfile(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	c := of(m)
	profile, writes := bytes.CutPrefix(r.Data, thermalWrite)
	switch {
	case writes && len(profile) != thermalLen:
		return nil, ipmb.LengthInvalid
	case writes:
		copy(c.thermal[:], profile)
		return nil, nil
	case !bytes.Equal(r.Data, thermalRead):
		return nil, ipmb.InvalidField
	}
	return append(append(r.Buf, make([]byte, 12)...), c.thermal[:]...), nil
}
