// Package oem lists the vendors whose commands fakebmc knows. A vendor is a package below this one and a line here.
package oem

import (
	"github.com/fakebmc/fakebmc/bmc"
	"github.com/fakebmc/fakebmc/bmc/oem/dell"
	"github.com/fakebmc/fakebmc/bmc/oem/intel"
	"github.com/fakebmc/fakebmc/bmc/oem/lenovo"
	"github.com/fakebmc/fakebmc/bmc/oem/supermicro"
)

// Vendors are all of them, for bmc.WithVendors: a machine speaks those that its profile has a section for.
func Vendors() []bmc.Vendor {
	return []bmc.Vendor{
		dell.Vendor(),
		intel.Vendor(),
		lenovo.Vendor(),
		lenovo.EnclosureVendor(),
		supermicro.Vendor(),
	}
}
