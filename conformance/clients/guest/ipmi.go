//go:build linux

package main

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"unsafe"

	"golang.org/x/sys/unix"
)

// ipmiMsg is struct ipmi_msg.
type ipmiMsg struct {
	netFn, cmd uint8
	length     uint16
	data       *byte
}

// ipmiReq is struct ipmi_req.
type ipmiReq struct {
	addr    *byte
	addrLen uint32
	id      int
	msg     ipmiMsg
}

// ipmiRecv is struct ipmi_recv.
type ipmiRecv struct {
	kind    int32
	addr    *byte
	addrLen uint32
	id      int
	msg     ipmiMsg
}

// ipmiCmdspec is struct ipmi_cmdspec.
type ipmiCmdspec struct{ netFn, cmd uint8 }

// Kinds of messages that the kernel hands out.
const (
	asyncEvent = 2
	command    = 3
)

// ioctl numbers, as <linux/ipmi.h> makes them with _IOR and _IOWR.
const (
	read, readWrite = 2, 3

	receiveMsg     = readWrite<<30 | unsafe.Sizeof(ipmiRecv{})<<16 | 'i'<<8 | 12
	sendCommand    = read<<30 | unsafe.Sizeof(ipmiReq{})<<16 | 'i'<<8 | 13
	registerForCmd = read<<30 | unsafe.Sizeof(ipmiCmdspec{})<<16 | 'i'<<8 | 14
	getsEvents     = read<<30 | 4<<16 | 'i'<<8 | 16
)

// answered is what system software answers itself: a controller's own network function, and a command in it.
var answered = ipmiCmdspec{netFn: 0x30, cmd: 0x77}

const lanAddress = 4 // IPMI_LAN_ADDR_TYPE

func ioctl[T any](f *os.File, number uintptr, arg *T) error {
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, f.Fd(), number, uintptr(unsafe.Pointer(arg)))
	if errno != 0 {
		return errno
	}
	return nil
}

// message is one that the kernel handed out.
type message struct {
	kind int32
	addr []byte
	id   int
	req  ipmiCmdspec
	data []byte
}

// receive waits for one message.
func receive(f *os.File) (message, error) {
	if _, err := unix.Poll([]unix.PollFd{{Fd: int32(f.Fd()), Events: unix.POLLIN}}, -1); err != nil {
		return message{}, err
	}
	addr, data := make([]byte, 64), make([]byte, 300)
	r := ipmiRecv{addr: &addr[0], addrLen: uint32(len(addr)), msg: ipmiMsg{data: &data[0], length: uint16(len(data))}}
	if err := ioctl(f, receiveMsg, &r); err != nil {
		return message{}, err
	}
	return message{r.kind, addr[:r.addrLen], r.id, ipmiCmdspec{r.msg.netFn, r.msg.cmd}, data[:r.msg.length]}, nil
}

// answer waits for a request from another channel, and answers it with its data in reverse.
func answer() error {
	f, err := os.OpenFile("/dev/ipmi0", os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := ioctl(f, registerForCmd, &answered); err != nil {
		return err
	}
	fmt.Println("waiting")
	m, err := receive(f)
	if err != nil {
		return err
	}
	if m.kind != command || m.req != answered || m.addr[0] != lanAddress {
		return fmt.Errorf("%+v is no request from LAN", m)
	}
	fmt.Printf("request from LAN: % x\n", m.data)
	data := append([]byte{0}, m.data...) // completion code
	slices.Reverse(data[1:])
	req := ipmiReq{
		addr: &m.addr[0], addrLen: uint32(len(m.addr)), id: m.id,
		msg: ipmiMsg{netFn: m.req.netFn | 1, cmd: m.req.cmd, length: uint16(len(data)), data: &data[0]},
	}
	err = ioctl(f, sendCommand, &req)
	runtime.KeepAlive(data)
	return err
}

// event waits for an event that the driver took from the event message buffer.
func event() error {
	f, err := os.OpenFile("/dev/ipmi0", os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	on := int32(1)
	if err := ioctl(f, getsEvents, &on); err != nil {
		return err
	}
	fmt.Println("waiting")
	m, err := receive(f)
	if err != nil {
		return err
	}
	if m.kind != asyncEvent || len(m.data) != 16 {
		return fmt.Errorf("%+v is no event", m)
	}
	fmt.Printf("event: % x\n", m.data[2:])
	return nil
}
