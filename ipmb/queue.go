package ipmb

// Queued is one message that waits for system software in the receive message queue. [IPMI 2.0 §22.6]
type Queued struct {
	Channel   uint8     // that it came over
	Privilege Privilege // inferred privilege level, 0 on session-less channels
	Data      []byte    // in Get Message's format for the channel
}

// Queue is the receive message queue: bounded, first in first out, and fair, because each channel has places of its own
// that no other channel can take. When a channel's places are taken its new messages are refused and the old ones stay.
// The zero value is an empty queue. [IPMI 2.0 §7.4, §22.6]
type Queue struct {
	list []Queued
}

// QueuePlaces is the number of messages that a queue holds for each channel; the specification recommends two or more.
// [IPMI 2.0 §7.4]
const QueuePlaces = 8

// Put appends a message, with a copy of its data, and reports whether there was a place for it.
func (q *Queue) Put(m Queued) bool {
	n := 0
	for i := range q.list {
		if q.list[i].Channel == m.Channel {
			n++
		}
	}
	if n >= QueuePlaces {
		return false
	}
	m.Data = append([]byte(nil), m.Data...)
	q.list = append(q.list, m)
	return true
}

// Take removes and returns the oldest message; false: the queue is empty.
func (q *Queue) Take() (Queued, bool) {
	if len(q.list) == 0 {
		return Queued{}, false
	}
	m := q.list[0]
	n := copy(q.list, q.list[1:])
	q.list[n] = Queued{}
	q.list = q.list[:n]
	return m, true
}

// Len is the number of messages that wait.
func (q *Queue) Len() int { return len(q.list) }

// Flush drops all messages.
func (q *Queue) Flush() { q.list = nil }
