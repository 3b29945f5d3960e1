// Package metrics shows what a machine does as Prometheus metrics, in a registry of its own and under the prefix
// fakebmc_.
//
// Labels come from closed sets: commands from the command table (everything else is "unknown"), completion codes, and
// the reasons that package rmcp names. Users, sessions and peers are not labels. Counters go on over a reload: what an
// ended machine has counted is kept.
package metrics

import (
	"fmt"
	"maps"
	"net/http"
	"runtime"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/ipmb"
)

// Build says which fakebmc runs.
type Build struct {
	Version, Revision string
}

// Collector counts the requests that it observes and collects what the machine's session table counts. It is the
// bmc.Observer of one machine, or of the machines that follow one another in a reload.
type Collector struct {
	registry *prometheus.Registry
	duration prometheus.Histogram

	mu       sync.Mutex // guards what follows; taken under a machine's lock, so nothing is taken under it
	requests map[request]uint64

	watching sync.Mutex // guards what follows; the session table's lock may be taken under it
	machine  *bmc.Machine
	ended    counts // of the machines before
}

// request is what requests are counted by.
type request struct {
	command string // "unknown" without a row
	code    ipmb.CompletionCode
}

var requestsDesc = prometheus.NewDesc("fakebmc_requests_total",
	"IPMI requests answered, by command of the command table and completion code.", []string{"command", "code"}, nil)

// The fastest command takes well below a microsecond, and one that takes longer than a millisecond is worth a look.
var durationBuckets = []float64{1e-7, 2.5e-7, 5e-7, 1e-6, 2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4, 1e-3, 1e-2}

// New makes a collector with its registry. It shows no machine before Watch.
func New(build Build) *Collector {
	c := &Collector{
		registry: prometheus.NewRegistry(),
		duration: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name:    "fakebmc_request_duration_seconds",
			Help:    "Time that the machine took for a request, without network and cryptography.",
			Buckets: durationBuckets,
		}),
		requests: make(map[request]uint64),
	}
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "fakebmc_build_info",
		Help: "Always 1; the labels say which fakebmc this is.",
		ConstLabels: prometheus.Labels{
			"version": build.Version, "revision": build.Revision, "goversion": runtime.Version(),
		},
	})
	info.Set(1)
	c.registry.MustRegister(info, c.duration, c)
	return c
}

// Handler is /metrics.
func (c *Collector) Handler() http.Handler {
	return promhttp.HandlerFor(c.registry, promhttp.HandlerOpts{})
}

// Gatherer is the registry, for whoever shows the metrics in another way.
func (c *Collector) Gatherer() prometheus.Gatherer { return c.registry }

// Observe counts an answered request. [bmc.Observer]
func (c *Collector) Observe(cmd *bmc.Command, code ipmb.CompletionCode, took time.Duration) {
	r := request{"unknown", code}
	if cmd != nil {
		r.command = cmd.Name
	}
	c.duration.Observe(took.Seconds())
	c.mu.Lock()
	c.requests[r]++
	c.mu.Unlock()
}

// Watch makes m the machine that is shown. Close the one before first, so that its last counts are kept.
func (c *Collector) Watch(m *bmc.Machine) {
	c.watching.Lock()
	defer c.watching.Unlock()
	if c.machine != nil {
		c.ended.add(readCounts(c.machine))
	}
	c.machine = m
}

// Describe names the metrics. [prometheus.Collector]
func (c *Collector) Describe(ch chan<- *prometheus.Desc) {
	ch <- requestsDesc
	describeCounts(ch)
}

// Collect sends the present values. [prometheus.Collector]
func (c *Collector) Collect(ch chan<- prometheus.Metric) {
	c.collectRequests(ch)
	c.watching.Lock()
	defer c.watching.Unlock()
	if c.machine == nil {
		return
	}
	total := c.ended
	total.add(readCounts(c.machine))
	total.collect(ch)
	t := c.machine.Sessions()
	t.Lock()
	active, slots := t.Active(), t.Slots()
	t.Unlock()
	ch <- prometheus.MustNewConstMetric(activeDesc, prometheus.GaugeValue, float64(active))
	ch <- prometheus.MustNewConstMetric(slotsDesc, prometheus.GaugeValue, float64(slots))
}

func (c *Collector) collectRequests(ch chan<- prometheus.Metric) {
	c.mu.Lock()
	requests := maps.Clone(c.requests)
	c.mu.Unlock()
	for r, n := range requests {
		ch <- prometheus.MustNewConstMetric(requestsDesc, prometheus.CounterValue, float64(n),
			bmc.CommandID(r.command), fmt.Sprintf("%02x", uint8(r.code)))
	}
}
