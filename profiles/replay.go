package profiles

import (
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// replays reads the CSV files of the machine's motions.
func (l *loader) replays(p *Profile, where map[string]*node) {
	for m, path := range p.motions {
		if m.Replay == nil || m.Replay.File == "" {
			continue
		}
		at, ok := where[path+".replay.file"]
		if !ok {
			continue
		}
		if len(m.Replay.Values) > 0 {
			l.problems.add(at, "the values are given already")
			continue
		}
		values, err := l.readColumn(at, m.Replay)
		if err != nil {
			l.problems.add(at, "%v", err)
			continue
		}
		m.Replay.Values = values
	}
}

// motions yields each motion of the machine with its path.
func (p *Profile) motions(yield func(*Motion, string) bool) {
	for d, path := range p.devices {
		if d.Move != nil && !yield(d.Move, path+".move") {
			return
		}
		for name := range d.Moves {
			m := d.Moves[name] // its Replay is shared
			if !yield(&m, joinPath(path+".moves", name)) {
				return
			}
		}
	}
	for i := range p.Sensors {
		if m := p.Sensors[i].Move; m != nil && !yield(m, "sensors["+strconv.Itoa(i)+"].move") {
			return
		}
	}
}

// readColumn reads one column of numbers from a CSV file beside the profile. A first line without numbers is headings;
// empty cells are left out.
func (l *loader) readColumn(at *node, r *Replay) ([]float64, error) {
	if l.open == nil {
		return nil, fmt.Errorf("no files can be read here: give values")
	}
	name := r.File
	if !strings.HasPrefix(name, "/") {
		name = l.join(l.dir(at.file), name)
	}
	data, err := l.readFile(name)
	if err != nil {
		return nil, fmt.Errorf("cannot be read: %w", err)
	}
	if len(data) > maxSize {
		return nil, fmt.Errorf("larger than %d bytes", maxSize)
	}
	lines := csv.NewReader(strings.NewReader(string(data)))
	lines.FieldsPerRecord, lines.TrimLeadingSpace, lines.Comment = -1, true, '#'
	column, values := -1, []float64(nil)
	for {
		line, err := lines.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		n, _ := lines.FieldPos(0)
		if column < 0 {
			var headed bool
			if column, headed, err = columnOf(r.Column, line); err != nil {
				return nil, err
			}
			if headed {
				continue
			}
		}
		if column >= len(line) || strings.TrimSpace(line[column]) == "" {
			continue
		}
		v, err := strconv.ParseFloat(strings.TrimSpace(line[column]), 64)
		if err != nil {
			return nil, fmt.Errorf("line %d: %q is no number", n, short(line[column]))
		}
		values = append(values, v)
	}
	return values, nil
}

// columnOf finds the column by its heading or its number, and whether the first line is headings.
func columnOf(column string, first []string) (index int, headed bool, err error) {
	i := slices.Index(first, column)
	if column == "" {
		i = 0
	}
	if n, err := strconv.Atoi(column); i < 0 && err == nil && n >= 1 {
		i = n - 1
	}
	if i < 0 || i >= len(first) {
		return 0, false, fmt.Errorf("no column %q (%s)", short(column), hint(column, first))
	}
	_, err = strconv.ParseFloat(strings.TrimSpace(first[i]), 64)
	return i, err != nil, nil
}
