package i2c_test

import (
	"fmt"

	"github.com/fakebmc/fakebmc/bmc/i2c"
)

// A sensor is turned by name; the bus shows its register.
func Example() {
	tree := i2c.NewTree()
	bus, _ := tree.AddBus(i2c.PrivateBus(1))
	model, _ := i2c.ModelByName("lm75")
	device, _ := model.New(i2c.Config{})
	inlet, _ := bus.Attach(i2c.Slot{At: 0x48, Name: "inlet", Device: device})
	tree.OnChange = func(s *i2c.Slot) {
		v, _ := s.Value("temperature")
		fmt.Printf("%s (%s) is at %v °C\n", s.Name, s.Path(), v)
	}

	inlet.SetValue("temperature", 47.6)

	reg := make([]byte, 2)
	bus.Transfer(0x48, []byte{0x00}, reg)
	fmt.Printf("register 0: % x\n", reg)
	// Output:
	// inlet (bus 1/48) is at 47.5 °C
	// register 0: 2f 80
}

// Devices behind a multiplexer answer while their channel is connected.
func ExampleMux() {
	tree := i2c.NewTree()
	bus, _ := tree.AddBus(i2c.PrivateBus(1))
	mux := i2c.NewMux(8)
	bus.Attach(i2c.Slot{At: 0x70, Device: mux})
	board, _ := i2c.NewEEPROM("24c02", []byte("\x01\x00\x00\x01"))
	mux.Channel(2).Attach(i2c.Slot{At: 0x50, Device: board})

	head := make([]byte, 4)
	_, err := bus.Transfer(0x50, []byte{0}, head)
	fmt.Println(err)
	bus.Transfer(0x70, []byte{1 << 2}, nil)
	bus.Transfer(0x50, []byte{0}, head)
	fmt.Printf("% x\n", head)
	// Output:
	// i2c: address not acknowledged
	// 01 00 00 01
}
