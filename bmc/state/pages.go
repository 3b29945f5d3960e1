package state

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"os"
)

// The layout of a bbolt file, as far as checkPages needs it. Numbers are in the order of the machine that wrote them.
// [bbolt internal/common: page.go, meta.go, inode.go]
const (
	pageHeader = 16 // number (8), kind (2), count (2), overflow pages (4)
	element    = 16 // of a branch: position (4), key size (4), page (8); of a leaf: flags, position, key and value size (4 each)
	bucketHead = 16 // root page (8), sequence (8)

	kindBranch   = 0x01
	kindLeaf     = 0x02
	kindMeta     = 0x04
	kindFreelist = 0x10

	leafBucket = 0x01 // the value is a bucket

	noFreelist = 1<<64 - 1 // as the freelist's page

	metaMagic   = 0xed0cdaed
	metaVersion = 2
	metaSum     = 56 // where the checksum is, behind the page header
)

// maxFile bounds what is read: a machine's state is some hundred kilobytes.
const maxFile = 256 << 20

// pages is a file that is being checked.
type pages struct {
	data  []byte
	size  uint64 // of a page
	count uint64 // of pages in use
	seen  []bool // pages that something refers to
}

// errPage says what is wrong with a page.
func errPage(id uint64, what string) error {
	return fmt.Errorf("%w (page %d: %s)", ErrDamaged, id, what)
}

// checkPages checks that a file can be given to bbolt, which trusts what it reads: pages that refer to themselves or to
// places outside of the file would hang it or crash the process. The caller holds the file's lock.
func checkPages(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if info.Size() > maxFile {
		return fmt.Errorf("%w: it has %d bytes", ErrForeign, info.Size())
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return checkData(data)
}

func checkData(data []byte) error {
	p := pages{data: data}
	root, freelist, err := p.metas()
	if err != nil {
		return err
	}
	if freelist == noFreelist {
		return fmt.Errorf("%w (this program writes a list of free pages)", ErrForeign)
	}
	p.seen = make([]bool, p.count)
	p.seen[0], p.seen[1] = true, true
	if err := p.tree(root); err != nil {
		return err
	}
	return p.freelist(freelist)
}

var order = binary.NativeEndian

// metas checks the two first pages, of which the newer counts. Both are whole at all times: they are written in turns,
// each within one sector of a disk.
func (p *pages) metas() (root, freelist uint64, err error) {
	const most = 64 << 10
	if len(p.data) < pageHeader+metaSum+8 {
		return 0, 0, errPage(0, "the file ends in it")
	}
	p.size = uint64(order.Uint32(p.data[pageHeader+8:]))
	if p.size < 1024 || p.size > most || p.size&(p.size-1) != 0 || uint64(len(p.data)) < 2*p.size {
		return 0, 0, errPage(0, "no page size")
	}
	var newest uint64
	for id := range uint64(2) {
		page := p.data[id*p.size:]
		m := page[pageHeader:]
		h := fnv.New64a()
		h.Write(m[:metaSum])
		switch {
		case order.Uint64(page) != id || order.Uint16(page[8:]) != kindMeta:
			return 0, 0, errPage(id, "no meta page")
		case order.Uint32(m) != metaMagic || order.Uint32(m[4:]) != metaVersion || uint64(order.Uint32(m[8:])) != p.size:
			return 0, 0, errPage(id, "no bbolt database")
		case order.Uint64(m[metaSum:]) != h.Sum64():
			return 0, 0, errPage(id, "its checksum is wrong")
		}
		if tx := order.Uint64(m[48:]); id == 0 || tx > newest {
			newest, root, freelist, p.count = tx, order.Uint64(m[16:]), order.Uint64(m[32:]), order.Uint64(m[40:])
		}
	}
	if p.count < 4 || p.count > uint64(len(p.data))/p.size {
		return 0, 0, errPage(p.count, "the file ends before it")
	}
	return root, freelist, nil
}

// page is the content of a page and of those that belong to it, which nothing else may refer to.
func (p *pages) page(id uint64) (kind uint16, count int, content []byte, err error) {
	if id < 2 || id >= p.count {
		return 0, 0, nil, errPage(id, "it is not there")
	}
	b := p.data[id*p.size:]
	more := uint64(order.Uint32(b[12:]))
	if order.Uint64(b) != id || id+more >= p.count {
		return 0, 0, nil, errPage(id, "no header")
	}
	for i := id; i <= id+more; i++ {
		if p.seen[i] {
			return 0, 0, nil, errPage(i, "it is there twice")
		}
		p.seen[i] = true
	}
	return order.Uint16(b[8:]), int(order.Uint16(b[10:])), b[:(more+1)*p.size], nil
}

// tree checks a page and what is below it. It comes to an end because no page is looked at twice.
func (p *pages) tree(id uint64) error {
	kind, count, b, err := p.page(id)
	switch {
	case err != nil:
		return err
	case kind == kindLeaf:
		return p.leaf(id, count, b)
	case kind != kindBranch || count == 0:
		return errPage(id, "neither branch nor leaf")
	}
	last := ""
	for i := range count {
		at := pageHeader + i*element
		if at+element > len(b) {
			return errPage(id, "too many elements")
		}
		key, ok := span(b, at, order.Uint32(b[at:]), order.Uint32(b[at+4:]))
		if !ok || i > 0 && string(key) <= last {
			return errPage(id, "keys")
		}
		last = string(key)
		if err := p.tree(order.Uint64(b[at+8:])); err != nil {
			return err
		}
	}
	return nil
}

// leaf checks the pairs of a leaf, and the buckets among them.
func (p *pages) leaf(id uint64, count int, b []byte) error {
	last := ""
	for i := range count {
		at := pageHeader + i*element
		if at+element > len(b) {
			return errPage(id, "too many elements")
		}
		flags, pos, size := order.Uint32(b[at:]), order.Uint32(b[at+4:]), order.Uint32(b[at+8:])
		key, ok := span(b, at, pos, size)
		if !ok || len(key) == 0 || i > 0 && string(key) <= last {
			return errPage(id, "keys")
		}
		last = string(key)
		value, ok := span(b, at, pos+size, order.Uint32(b[at+12:]))
		if !ok || flags > leafBucket {
			return errPage(id, "values")
		}
		if flags == leafBucket {
			if err := p.bucket(id, value); err != nil {
				return err
			}
		}
	}
	return nil
}

// bucket checks a bucket: a tree, or a leaf within the value itself.
func (p *pages) bucket(id uint64, value []byte) error {
	if len(value) < bucketHead {
		return errPage(id, "bucket")
	}
	if root := order.Uint64(value); root != 0 {
		return p.tree(root)
	}
	inline := value[bucketHead:]
	if len(inline) < pageHeader || order.Uint64(inline) != 0 || order.Uint16(inline[8:]) != kindLeaf {
		return errPage(id, "bucket")
	}
	return p.leaf(id, int(order.Uint16(inline[10:])), inline)
}

// span cuts a part out of b; false: it is not in there. Positions count from their element.
func span(b []byte, at int, pos, size uint32) ([]byte, bool) {
	from := uint64(at) + uint64(pos)
	to := from + uint64(size)
	if to > uint64(len(b)) {
		return nil, false
	}
	return b[from:to], true
}

// freelist checks that what counts as free is free.
func (p *pages) freelist(id uint64) error {
	kind, count, b, err := p.page(id)
	if err != nil {
		return err
	}
	if kind != kindFreelist {
		return errPage(id, "no freelist")
	}
	ids := b[pageHeader:]
	if count == 0xffff { // the number follows, then
		if n := order.Uint64(ids); n <= p.count {
			count, ids = int(n), ids[8:]
		}
	}
	if count > len(ids)/8 {
		return errPage(id, "too many elements")
	}
	for i := range count {
		free := order.Uint64(ids[8*i:])
		if free < 2 || free >= p.count || p.seen[free] {
			return errPage(free, "it is free, and is not")
		}
		p.seen[free] = true
	}
	return nil
}
