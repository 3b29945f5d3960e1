package rmcp

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The benchmarks over loopback UDP run the server in a process of its own, so that the processor time per answered
// request is the server's alone. Each has a bare UDP echo of the same load beside it, in turn with it:
//
//	go test ./rmcp -run '^$' -bench 'UDP|Login' -benchtime 2s

const benchServer = "RMCP_BENCH_SERVER"

func TestMain(m *testing.M) {
	if kind := os.Getenv(benchServer); kind != "" {
		serveBench(kind)
		return
	}
	os.Exit(m.Run())
}

// serveBench is the server process: it prints its address, and for each line of its input the processor time that it has
// used and the objects that it has allocated.
func serveBench(kind string) {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		panic(err)
	}
	fmt.Println(conn.LocalAddr())
	if kind == "echo" {
		go func() {
			b := make([]byte, maxDatagram)
			for {
				n, peer, err := conn.ReadFromUDPAddrPort(b)
				if err != nil {
					return
				}
				conn.WriteToUDPAddrPort(b[:n], peer)
			}
		}()
	} else {
		table, _ := newTestTable(Options{Slots: 1 << 20}) // random numbers from ChaCha8, as a machine's are
		s, err := NewServer(conn, table, ServerOptions{Channel: testChannel})
		if err != nil {
			panic(err)
		}
		go s.Serve()
	}
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		var use syscall.Rusage
		syscall.Getrusage(syscall.RUSAGE_SELF, &use)
		var mem runtime.MemStats
		runtime.ReadMemStats(&mem)
		fmt.Println(use.Utime.Nano()+use.Stime.Nano(), mem.Mallocs)
	}
}

// benchProcess is the client's side of a server process.
type benchProcess struct {
	b    *testing.B
	in   *bufio.Writer
	out  *bufio.Reader
	conn *net.UDPConn
	buf  []byte
}

func startBench(b *testing.B, kind string) *benchProcess {
	b.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), benchServer+"="+kind)
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	p := &benchProcess{b: b, in: bufio.NewWriter(in), out: bufio.NewReader(out), buf: make([]byte, maxDatagram)}
	addr, err := net.ResolveUDPAddr("udp4", p.line())
	if err != nil {
		b.Fatal(err)
	}
	if p.conn, err = net.DialUDP("udp4", nil, addr); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		p.conn.Close()
		in.Close()
		cmd.Wait()
	})
	return p
}

func (p *benchProcess) line() string {
	s, err := p.out.ReadString('\n')
	if err != nil {
		p.b.Fatal(err)
	}
	return strings.TrimSpace(s)
}

// used asks the server for its processor time and allocations.
func (p *benchProcess) used() (cpu, mallocs int64) {
	p.in.WriteByte('\n')
	p.in.Flush()
	if _, err := fmt.Sscan(p.line(), &cpu, &mallocs); err != nil {
		p.b.Fatal(err)
	}
	return cpu, mallocs
}

func (p *benchProcess) write(b []byte) {
	if _, err := p.conn.Write(b); err != nil {
		p.b.Fatal(err)
	}
}

func (p *benchProcess) read() []byte {
	p.conn.SetReadDeadline(time.Now().Add(2 * second))
	n, err := p.conn.Read(p.buf)
	if err != nil {
		p.b.Fatal(err)
	}
	return p.buf[:n]
}

func (p *benchProcess) exchange(b []byte) []byte {
	p.write(b)
	return p.read()
}

// measure runs rounds of requests and reports the server's use for each request, and that of a bare echo which gets the
// same datagrams in turn with it. What else the machine does hits both alike.
func (p *benchProcess) measure(requests func() [][]byte) {
	b := p.b
	servers := []*benchProcess{p, startBench(b, "echo")}
	for range 20 { // warm up
		for _, d := range requests() {
			p.exchange(d)
			servers[1].exchange(d)
		}
	}
	var cpu, mallocs [2]int64
	for i, s := range servers {
		cpu[i], mallocs[i] = s.used()
	}
	b.ResetTimer()
	n := 0
	for n < b.N {
		batch := requests()
		for _, s := range servers {
			for _, d := range batch {
				s.write(d)
			}
			for range batch {
				s.read()
			}
		}
		n += len(batch)
	}
	b.StopTimer()
	for i, s := range servers {
		c, m := s.used()
		cpu[i], mallocs[i] = c-cpu[i], m-mallocs[i]
	}
	b.ReportMetric(float64(cpu[0])/float64(n), "server-ns/op")
	b.ReportMetric(float64(cpu[1])/float64(n), "echo-ns/op")
	b.ReportMetric(float64(cpu[0])/float64(cpu[1]), "x-echo")
	b.ReportMetric(float64(mallocs[0])/float64(n), "server-allocs/op")
}

func repeat(d []byte, n int) func() [][]byte {
	batch := make([][]byte, n)
	for i := range batch {
		batch[i] = d
	}
	return func() [][]byte { return batch }
}

// BenchmarkUDP: pings, requests outside of sessions, and Get Device ID in sessions, beside the echo.
func BenchmarkUDP(b *testing.B) {
	for _, n := range []int{1, 32} {
		b.Run(fmt.Sprintf("ping/burst=%d", n), func(b *testing.B) {
			startBench(b, "bmc").measure(repeat(Ping{Tag: 1}.AppendTo(nil), n))
		})
		b.Run(fmt.Sprintf("sessionless/burst=%d", n), func(b *testing.B) {
			startBench(b, "bmc").measure(repeat((&Packet15{Message: request(1, 1)}).AppendTo(nil), n))
		})
	}
	for _, n := range []int{1, 4, 32} {
		b.Run(fmt.Sprintf("v15-md5/sessions=%d", n), func(b *testing.B) {
			p := startBench(b, "bmc")
			sessions := make([]*console15, n)
			for i := range sessions {
				c, _ := challenge15(&peer{t: b, via: p.exchange}, AuthTypeMD5, uint8(i), "admin", "secretpw")
				c.activate()
				sessions[i] = c
			}
			p.measure(batches(n, func(i int) []byte {
				c := sessions[i]
				c.seq++
				return c.packet15(AuthTypeMD5, c.seq-1, request(uint8(c.seq)&0x3f, 1))
			}))
		})
		for _, suite := range []uint8{0, 3, 17} {
			b.Run(fmt.Sprintf("suite%d/sessions=%d", suite, n), func(b *testing.B) {
				p := startBench(b, "bmc")
				sessions := make([]*console20, n)
				for i := range sessions {
					c := newConsole20(&peer{t: b, via: p.exchange}, suite, "admin", "secretpw")
					sessions[i] = c.login()
				}
				p.measure(batches(n, func(i int) []byte {
					return sessions[i].next(PayloadIPMI, request(uint8(sessions[i].seq)&0x3f, 1))
				}))
			})
		}
	}
}

// batches seals one request for each of n sessions per round.
func batches(n int, seal func(i int) []byte) func() [][]byte {
	batch := make([][]byte, n)
	return func() [][]byte {
		for i := range batch {
			batch[i] = seal(i)
		}
		return batch
	}
}

// BenchmarkLoginUDP opens sessions: a request outside of a session, and the three exchanges of RMCP+ or the two of v1.5.
// Beside it, four echoes.
func BenchmarkLoginUDP(b *testing.B) {
	sessionless := (&Packet15{Message: request(1, 1)}).AppendTo(nil)
	login := func(name string, open func(p *peer)) {
		b.Run(name, func(b *testing.B) {
			p, echo := startBench(b, "bmc"), startBench(b, "echo")
			c := &peer{t: b, via: func(d []byte) []byte { return bytes.Clone(p.exchange(d)) }}
			round := func() {
				c.send(sessionless)
				open(c)
				for range 4 {
					echo.exchange(p.buf[:60])
				}
			}
			for range 20 {
				round()
			}
			cpu0, mallocs0 := p.used()
			echo0, _ := echo.used()
			b.ResetTimer()
			for range b.N {
				round()
			}
			b.StopTimer()
			cpu1, mallocs1 := p.used()
			echo1, _ := echo.used()
			b.ReportMetric(float64(cpu1-cpu0)/float64(b.N), "server-ns/op")
			b.ReportMetric(float64(echo1-echo0)/float64(b.N), "four-echoes-ns/op")
			b.ReportMetric(float64(mallocs1-mallocs0)/float64(b.N), "server-allocs/op")
		})
	}
	for _, suite := range []uint8{3, 17} {
		login(fmt.Sprintf("suite%d", suite), func(p *peer) { login20(p, suite, "admin", "secretpw") })
	}
	seq := uint8(0)
	login("v15-md5", func(p *peer) {
		seq = (seq + 1) & 0x3f
		c, _ := challenge15(p, AuthTypeMD5, seq, "admin", "secretpw")
		c.activate()
	})
}

// BenchmarkLoginCryptography is what no login can do without, on the BMC's side: the code of RAKP 2, the check of RAKP 3,
// the keys, and the session's states.
func BenchmarkLoginCryptography(b *testing.B) {
	for _, id := range []uint8{3, 17} {
		b.Run(fmt.Sprintf("suite%d", id), func(b *testing.B) {
			b.ReportAllocs()
			suite, _ := SuiteByID(id)
			x := KeyExchange{Auth: suite.Auth, Role: 0x14, Name: []byte("admin")}
			password := NewKey([]byte("secretpw"))
			code := x.AppendRAKP3Code(nil, password)
			for b.Loop() {
				x.AppendRAKP2Code(nil, password)
				if !x.VerifyRAKP3Code(code, password) {
					b.Fatal("code is wrong")
				}
				keys := x.Keys(Key{}, password)
				if _, err := NewIntegrity(suite.Integrity, keys.K1(), password); err != nil {
					b.Fatal(err)
				}
				if _, err := NewConfidentiality(suite.Confidentiality, keys.K2(), rand.Reader); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkHandle is a request in a session without any network, in chunks of requests that are sealed beforehand.
func BenchmarkHandle(b *testing.B) {
	for _, suite := range []uint8{0, 3, 17} {
		b.Run(fmt.Sprintf("suite%d", suite), func(b *testing.B) {
			table, _ := newTestTable(Options{Rand: rand.Reader})
			defer table.CloseAll()
			c := login20(newPeer(b, table), suite, "admin", "secretpw")
			benchHandle(b, c.peer, func() []byte { return c.next(PayloadIPMI, request(1, 1)) })
		})
	}
	b.Run("v15-md5", func(b *testing.B) {
		table, _ := newTestTable(Options{})
		defer table.CloseAll()
		c := login15(newPeer(b, table), AuthTypeMD5, "admin", "secretpw")
		benchHandle(b, c.peer, func() []byte {
			c.seq++
			return c.packet15(AuthTypeMD5, c.seq-1, request(1, 1))
		})
	})
	b.Run("ping", func(b *testing.B) {
		table, _ := newTestTable(Options{})
		d := Ping{Tag: 1}.AppendTo(nil)
		benchHandle(b, newPeer(b, table), func() []byte { return d })
	})
}

func benchHandle(b *testing.B, p *peer, seal func() []byte) {
	const chunk = 1024
	b.ReportAllocs()
	sealed := make([][]byte, chunk)
	out := make([]byte, 0, maxDatagram)
	b.ResetTimer()
	for i := 0; i < b.N; i += chunk {
		b.StopTimer()
		for j := range sealed {
			sealed[j] = seal()
		}
		b.StartTimer()
		for _, d := range sealed[:min(chunk, b.N-i)] {
			if out = p.table.Handle(d, &p.from, out[:0]); len(out) == 0 {
				b.Fatal("no answer")
			}
		}
		if b.N-i < chunk {
			break
		}
	}
}

// BenchmarkSessionMemory reports what a session takes, in bytes of the heap.
func BenchmarkSessionMemory(b *testing.B) {
	const sessions = 1000
	for range b.N {
		table, _ := newTestTable(Options{Slots: sessions})
		p := newPeer(b, table)
		login20(p, 17, "admin", "secretpw")
		heap := func() uint64 {
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			return m.HeapAlloc
		}
		before := heap()
		for range sessions - 1 {
			login20(p, 17, "admin", "secretpw")
		}
		b.ReportMetric(float64(heap()-before)/(sessions-1), "B/session")
		runtime.KeepAlive(table)
		table.CloseAll()
	}
}
