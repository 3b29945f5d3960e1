package lenovo

import (
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/ipmb"
)

// Settings files, 2Eh/90h with the number of IBM eServer X: pyghmi reads the settings of the firmware ("config.efi") and of
// the controller ("config"), and writes its changes ("asu_update.efi"). What is in them is between the firmware and the
// client. The operations and their bytes are pyghmi's; lengths, errors and limits are decisions.

// Operations.
const (
	fileOpen  = 0x01 // mode 01 size[4] create 40 name
	fileRead  = 0x02 // handle[4] offset[4] count[2]
	fileWrite = 0x03 // handle[4] offset[4] data
	fileClose = 0x05 // handle[4]
	fileSize  = 0x06 // name
)

// Modes of open. What the size is, and the byte behind it, is for those that write; a client that reads sends zeros.
const (
	modeWrite = 0x03
	modeRead  = 0x05

	openVersion = 0x01 // behind the mode
	openTail    = 0x40 // in front of the name
)

// fileBusy is the code of a file that cannot be had now; clients try again after a second.
const fileBusy ipmb.CompletionCode = 0x0a

// Limits.
const (
	maxFile    = 128 << 10       // bytes of a file that is written
	maxFiles   = 16              // files, with those of the profile
	maxHandles = 8               // open at a time; the oldest goes when there is no room
	fileIdle   = 1 * time.Minute // for which nobody used a handle: its file is no longer busy
)

// files are the settings files and who has them open.
type files struct {
	contents map[string][]byte // never changed in place
	open     []openFile        // oldest first
	last     uint32            // handle given out
}

// openFile is a handle.
type openFile struct {
	handle uint32
	name   string
	data   []byte // of one that writes: what it wrote so far, up to size
	writes bool
	size   int
	used   time.Time
}

// defaults brings the profile's files back.
func (f *files) defaults(spec map[string]string) {
	*f = files{contents: make(map[string][]byte, len(spec)), last: f.last}
	for name, text := range spec {
		f.contents[name] = []byte(text)
	}
}

// settingsFile is 2Eh/90h.
func settingsFile(m *bmc.Machine, r *bmc.Request) ([]byte, error) {
	c, d := of(m), r.Data[1:]
	f := &c.files
	switch r.Data[0] {
	case fileOpen:
		return f.opens(r.Buf, d)
	case fileSize:
		data, found := f.contents[fileName(d)]
		if !found {
			return nil, ipmb.NotPresent
		}
		return binary.LittleEndian.AppendUint32(r.Buf, uint32(len(data))), nil
	case fileRead, fileWrite, fileClose:
		if len(d) < 4 {
			return nil, ipmb.LengthInvalid
		}
		i := slices.IndexFunc(f.open, func(o openFile) bool { return o.handle == binary.LittleEndian.Uint32(d) })
		if i < 0 {
			return nil, ipmb.NotPresent
		}
		f.open[i].used = time.Now()
		switch d = d[4:]; r.Data[0] {
		case fileRead:
			return f.reads(r.Buf, &f.open[i], d, c.in.Carries(r)-enterpriseLen)
		case fileWrite:
			return nil, f.open[i].write(d)
		}
		return nil, f.closes(i, d)
	}
	return nil, ipmb.InvalidField
}

// fileName is a name as clients send it, with zeros behind it or without.
func fileName(d []byte) string { return strings.TrimRight(string(d), "\x00") }

// opens answers the handle of a file.
func (f *files) opens(b, d []byte) ([]byte, error) {
	const header = 8
	if len(d) <= header {
		return nil, ipmb.LengthInvalid
	}
	name, size := fileName(d[header:]), binary.LittleEndian.Uint32(d[2:])
	o := openFile{name: name, writes: d[0] == modeWrite, used: time.Now()}
	data, found := f.contents[name]
	switch {
	case d[0] != modeRead && d[0] != modeWrite, d[1] != openVersion, d[header-1] != openTail, name == "":
		return nil, ipmb.InvalidField
	case f.busy(o):
		return nil, fileBusy
	case !o.writes && !found:
		return nil, ipmb.NotPresent
	case !o.writes:
		o.data, o.size = data, len(data)
	case size > maxFile, !found && len(f.contents)+f.created() >= maxFiles:
		return nil, ipmb.OutOfSpace
	default:
		o.size = int(size)
	}
	f.last++
	o.handle = f.last
	if len(f.open) >= maxHandles {
		f.open = slices.Delete(f.open, 0, 1)
	}
	f.open = append(f.open, o)
	return binary.LittleEndian.AppendUint32(b, o.handle), nil
}

// created is how many files will come to be when their handles are closed.
func (f *files) created() (n int) {
	for _, o := range f.open {
		if _, found := f.contents[o.name]; o.writes && !found {
			n++
		}
	}
	return n
}

// busy reports whether somebody writes the file, or has it open when another one wants to write it.
func (f *files) busy(o openFile) bool {
	return slices.ContainsFunc(f.open, func(other openFile) bool {
		return other.name == o.name && (o.writes || other.writes) && o.used.Sub(other.used) < fileIdle
	})
}

// reads answers two bytes, which are the count here and which clients skip, and the data: fewer bytes at the end of the
// file, and where the answer would be too long.
func (f *files) reads(b []byte, o *openFile, d []byte, room int) ([]byte, error) {
	if len(d) != 6 {
		return nil, ipmb.LengthInvalid
	}
	offset, count := binary.LittleEndian.Uint32(d), int(binary.LittleEndian.Uint16(d[4:]))
	if offset > uint32(len(o.data)) {
		return nil, ipmb.ParameterOutOfRange
	}
	data := o.data[offset:]
	data = data[:max(0, min(len(data), count, room-2))]
	return append(binary.LittleEndian.AppendUint16(b, uint16(len(data))), data...), nil
}

// write takes data at an offset that is at most the end of what was written.
func (o *openFile) write(d []byte) error {
	if len(d) < 4 {
		return ipmb.LengthInvalid
	}
	offset, data := binary.LittleEndian.Uint32(d), d[4:]
	switch {
	case !o.writes:
		return ipmb.NotSupportedInState
	case offset > uint32(len(o.data)), int(offset)+len(data) > o.size:
		return ipmb.ParameterOutOfRange
	}
	o.data = append(o.data[:offset], data...)
	return nil
}

// closes gives a handle back. What was written is the file from now on.
func (f *files) closes(i int, d []byte) error {
	if len(d) != 0 {
		return ipmb.LengthInvalid
	}
	if o := &f.open[i]; o.writes {
		f.contents[o.name] = slices.Clip(o.data)
	}
	f.open = slices.Delete(f.open, i, i+1)
	return nil
}
