package bmc

import (
	"slices"

	"github.com/fakebmc/fakebmc/bmc/fault"
	"github.com/fakebmc/fakebmc/ipmb"
)

// lateRun is a command that a fault makes run later.
type lateRun struct {
	on      fault.Event // 0: a timer
	message ipmb.Message
	channel uint8
}

// maxRuns bounds the commands that wait; of more, those that wait longest are forgotten.
const maxRuns = 64

// runBesides makes the request's command run as a fault wants it: beside its answer, later, or when something happens. A
// request that the command table refuses does not run so either, nor does one that needs no session: those are about
// the packet they came in. The caller holds the lock.
func (m *Machine) runBesides(r *Request, o *fault.Outcome) {
	op, data, _ := ipmb.OpOf(r.Message.NetFn, r.Message.Cmd, r.Message.Data)
	r.Op, r.Data = op, data
	cmd := m.table.Lookup(op)
	if m.check(cmd, r) != ipmb.OK || cmd.Reach == Sessionless || r.Message.ToLUN == ipmb.LUNSMS {
		return
	}
	for _, run := range o.Runs {
		l := &lateRun{on: run.On, message: *r.Message, channel: r.Channel}
		l.message.Data = run.Data(slices.Clone(r.Message.Data))
		if run.After == 0 && run.On == 0 {
			m.runLate(l)
			continue
		}
		if len(m.faults.runs) == maxRuns {
			m.faults.runs = slices.Delete(m.faults.runs, 0, 1)
		}
		m.faults.runs = append(m.faults.runs, l)
		if run.On == 0 {
			m.later(run.After.Std(), func() {
				if i := slices.Index(m.faults.runs, l); i >= 0 {
					m.faults.runs = slices.Delete(m.faults.runs, i, i+1)
					m.runLate(l)
				}
			})
		}
	}
}

// runWaiting runs the commands that wait for something that happens to the machine, in the order in which they came. The
// caller holds the lock.
func (m *Machine) runWaiting(e fault.Event) {
	var due []*lateRun
	m.faults.runs = slices.DeleteFunc(m.faults.runs, func(l *lateRun) bool {
		if l.on == e {
			due = append(due, l)
		}
		return l.on == e
	})
	for _, l := range due {
		m.runLate(l)
	}
}

// runLate runs a command as the controller's own: nobody gets its answer.
func (m *Machine) runLate(l *lateRun) {
	m.answer(&Request{Message: &l.message, Channel: l.channel, Buf: make([]byte, 0, len(m.scratch))}, nil)
}
