package metrics

import (
	"maps"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/rmcp"
)

// counts are the counters of one machine and its session table at one moment.
type counts struct {
	in, out, messages, opened, panics, refusedV15 uint64

	dropped [rmcp.DropReasons]uint64
	ended   [rmcp.EndReasons]uint64
	refused [len(rmcp.Stats{}.Refused)]uint64
	faults  map[string]uint64 // by rule
}

// What the counts are called.
var (
	activeDesc = desc("sessions_active", "Sessions open now.")
	slotsDesc  = desc("session_slots", "Sessions that can be open at a time.")

	openedDesc   = desc("sessions_opened_total", "Sessions that were activated.")
	endedDesc    = desc("sessions_ended_total", "Sessions that ended: closed by the console, timeout after inactivity, changed by the machine.", "reason")
	refusedDesc  = desc("logins_refused_total", "Session set-up messages that were refused, by RMCP+ status; v1.5 for Get Session Challenge and Activate Session.", "status")
	datagramDesc = desc("datagrams_total", "Datagrams received (in) and sent (out).", "direction")
	messagesDesc = desc("messages_total", "IPMI messages that reached the machine.")
	droppedDesc  = desc("datagrams_dropped_total", "Datagrams that got no answer.", "reason")
	faultsDesc   = desc("fault_hits_total", "Times that a fault rule made something go wrong on purpose.", "rule")
	panicsDesc   = desc("handler_panics_total", "Command handlers that panicked: each is a bug of fakebmc.")
)

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("fakebmc_"+name, help, labels, nil)
}

func describeCounts(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{activeDesc, slotsDesc, openedDesc, endedDesc, refusedDesc, datagramDesc,
		messagesDesc, droppedDesc, panicsDesc, faultsDesc} {
		ch <- d
	}
}

// readCounts reads a machine's counters.
func readCounts(m *bmc.Machine) (c counts) {
	s := &m.Sessions().Stats
	c.in, c.out, c.messages = s.In.Load(), s.Out.Load(), s.Messages.Load()
	c.opened, c.refusedV15, c.panics = s.Opened.Load(), s.RefusedV15.Load(), m.HandlerPanics()
	for i := range c.dropped {
		c.dropped[i] = s.Dropped[i].Load()
	}
	for i := range c.ended {
		c.ended[i] = s.Ended[i].Load()
	}
	for i := range c.refused {
		c.refused[i] = s.Refused[i].Load()
	}
	c.faults = m.FaultHits()
	return c
}

// add adds the counts of another machine.
func (c *counts) add(o counts) {
	c.in += o.in
	c.out += o.out
	c.messages += o.messages
	c.opened += o.opened
	c.refusedV15 += o.refusedV15
	c.panics += o.panics
	faults := maps.Clone(o.faults)
	for rule, n := range c.faults {
		faults[rule] += n
	}
	c.faults = faults
	for i := range c.dropped {
		c.dropped[i] += o.dropped[i]
	}
	for i := range c.ended {
		c.ended[i] += o.ended[i]
	}
	for i := range c.refused {
		c.refused[i] += o.refused[i]
	}
}

// collect sends every counter, those at zero too, so that a rate is there from the first event on.
func (c *counts) collect(ch chan<- prometheus.Metric) {
	send := func(d *prometheus.Desc, n uint64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(n), labels...)
	}
	send(datagramDesc, c.in, "in")
	send(datagramDesc, c.out, "out")
	send(messagesDesc, c.messages)
	send(openedDesc, c.opened)
	send(panicsDesc, c.panics)
	send(refusedDesc, c.refusedV15, "v1.5")
	for rule, n := range c.faults {
		send(faultsDesc, n, rule)
	}
	for i, n := range c.dropped {
		send(droppedDesc, n, rmcp.DropReason(i).String())
	}
	for i, n := range c.ended {
		send(endedDesc, n, rmcp.EndReason(i).String())
	}
	for i, n := range c.refused {
		if s := rmcp.Status(i); s != rmcp.StatusOK {
			send(refusedDesc, n, s.String())
		}
	}
}
