// Command goipmi logs in with go-ipmi's client, asks what a client asks first, works on one user, and prints what it
// was answered as JSON. It is a module of its own so that go-ipmi's dependencies stay out of fakebmc's.
package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"time"

	"github.com/bougou/go-ipmi/pkg/client"
	"github.com/bougou/go-ipmi/pkg/command/app"
	"github.com/bougou/go-ipmi/pkg/types"
)

// channel is the LAN channel of the machines that the suites run against.
const channel = 1

// Report is what the client saw.
type Report struct {
	DeviceID     uint8            `json:"device_id"`
	Manufacturer uint32           `json:"manufacturer"`
	Product      uint16           `json:"product"`
	IPMI         string           `json:"ipmi"`
	SystemGUID   string           `json:"system_guid"`
	DeviceGUID   string           `json:"device_guid"`
	SelfTest     string           `json:"self_test"`
	Medium       uint8            `json:"medium"`
	Protocol     uint8            `json:"protocol"`
	Suites       []int            `json:"suites"`
	SessionUser  uint8            `json:"session_user"`
	Privilege    uint8            `json:"privilege"`
	Generation   uint8            `json:"generation"` // 0 is v1.5, 1 is v2.0/RMCP+ [IPMI 2.0 §22.20]
	Slots        uint8            `json:"slots"`
	Users        map[uint8]string `json:"users"`
	NewName      string           `json:"new_name,omitempty"`
	WrongTest    string           `json:"wrong_test,omitempty"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	var (
		host   = flag.String("host", "127.0.0.1", "address of the BMC")
		port   = flag.Int("port", 623, "UDP port of the BMC")
		user   = flag.String("user", "", "user name")
		pass   = flag.String("password", "", "password")
		intf   = flag.String("interface", "lanplus", "lan or lanplus")
		suite  = flag.Int("suite", -1, "cipher suite, -1 for the client's choice")
		read   = flag.String("read", "", "what to read instead: sel, sdr or fru; prints how many entries, sensors or inventories there are")
		change = flag.Int("change", 0, "ID of a free user to name, enable and test, 0 for none")
	)
	flag.Parse()

	c, err := client.NewClient(*host, *port, *user, *pass)
	if err != nil {
		return err
	}
	c = c.WithInterface(client.Interface(*intf)).WithTimeout(2 * time.Second).WithRetry(2)
	if *suite >= 0 {
		c = c.WithCipherSuiteID(types.CipherSuiteID(*suite))
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if err := c.Connect(ctx); err != nil {
		return err
	}
	if *read != "" {
		n, err := count(ctx, c, *read)
		if err := errors.Join(err, c.Close(ctx)); err != nil {
			return err
		}
		fmt.Printf("%s: %d\n", *read, n)
		return nil
	}
	report, err := ask(ctx, c)
	if err == nil && *change != 0 {
		err = changeUser(ctx, c, uint8(*change), &report)
	}
	if err := errors.Join(err, c.Close(ctx)); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(report)
}

// count reads what is named whole, and says how much there is.
func count(ctx context.Context, c *client.Client, what string) (int, error) {
	switch what {
	case "sel":
		entries, err := c.GetSELEntries(ctx, 0)
		return len(entries), err
	case "sdr":
		records, err := c.GetSDRs(ctx)
		return len(records), err
	case "fru":
		inventories, err := c.GetFRUs(ctx)
		return len(inventories), err
	}
	return 0, fmt.Errorf("nothing is called %q", what)
}

// ask reads the identity of the machine, its channel, its users and the session.
func ask(ctx context.Context, c *client.Client) (Report, error) {
	var r Report
	id, err := c.GetDeviceID(ctx)
	if err != nil {
		return r, fmt.Errorf("get device id: %w", err)
	}
	r.DeviceID, r.Manufacturer, r.Product = id.DeviceID, id.ManufacturerID, id.ProductID
	r.IPMI = fmt.Sprintf("%d.%d", id.MajorIPMIVersion, id.MinorIPMIVersion)
	system, err := c.GetSystemGUID(ctx)
	if err != nil {
		return r, fmt.Errorf("get system guid: %w", err)
	}
	device, err := c.GetDeviceGUID(ctx)
	if err != nil {
		return r, fmt.Errorf("get device guid: %w", err)
	}
	r.SystemGUID, r.DeviceGUID = hex.EncodeToString(system.GUID[:]), hex.EncodeToString(device.GUID[:])
	test, err := c.GetSelfTestResults(ctx)
	if err != nil {
		return r, fmt.Errorf("get self test results: %w", err)
	}
	r.SelfTest = fmt.Sprintf("%02x%02x", test.Byte1, test.Byte2)
	info, err := c.GetChannelInfo(ctx, channel)
	if err != nil {
		return r, fmt.Errorf("get channel info: %w", err)
	}
	r.Medium, r.Protocol = uint8(info.ChannelMedium), uint8(info.ChannelProtocol)
	suites, err := c.GetAllChannelCipherSuites(ctx, channel)
	if err != nil {
		return r, fmt.Errorf("get channel cipher suites: %w", err)
	}
	for _, s := range suites {
		r.Suites = append(r.Suites, int(s.CipherSuitID))
	}
	session, err := c.GetCurrentSessionInfo(ctx)
	if err != nil {
		return r, fmt.Errorf("get session info: %w", err)
	}
	r.SessionUser, r.Privilege = session.UserID, uint8(session.OperatingPrivilegeLevel)
	r.Generation, r.Slots = session.AuxiliaryData, session.PossibleActiveSessions
	r.Users, err = users(ctx, c)
	return r, err
}

// users lists the named users of the channel.
func users(ctx context.Context, c *client.Client) (map[uint8]string, error) {
	list, err := c.GetUsers(ctx, channel)
	if err != nil {
		return nil, fmt.Errorf("get users: %w", err)
	}
	named := map[uint8]string{}
	for _, u := range list {
		if u.Name != "" {
			named[u.ID] = u.Name
		}
	}
	return named, nil
}

// changeUser gives a free user a name, a password and access, tests the password, and takes the user away again.
func changeUser(ctx context.Context, c *client.Client, id uint8, r *Report) error {
	const name, password = "gopher", "gopher-password-20"
	if _, err := c.SetUsername(ctx, id, name); err != nil {
		return fmt.Errorf("set user name: %w", err)
	}
	if _, err := c.SetUserPassword(ctx, id, password, true); err != nil {
		return fmt.Errorf("set user password: %w", err)
	}
	access := &app.SetUserAccessRequest{
		EnableChanging: true, EnableIPMIMessaging: true,
		ChannelNumber: channel, UserID: id, MaxPrivLevel: uint8(types.PrivilegeLevelUser),
	}
	if _, err := c.SetUserAccess(ctx, access); err != nil {
		return fmt.Errorf("set user access: %w", err)
	}
	if err := c.EnableUser(ctx, id); err != nil {
		return fmt.Errorf("enable user: %w", err)
	}
	got, err := c.GetUsername(ctx, id)
	if err != nil {
		return fmt.Errorf("get user name: %w", err)
	}
	r.NewName = got.Username
	if _, err := c.TestUserPassword(ctx, id, password, true); err != nil {
		return fmt.Errorf("test user password: %w", err)
	}
	_, err = c.TestUserPassword(ctx, id, "something else", true)
	refusal, ok := types.IsResponseError(err)
	if !ok {
		return fmt.Errorf("test of a wrong password: %w", err)
	}
	r.WrongTest = fmt.Sprintf("%02x", uint8(refusal.CompletionCode()))
	if err := c.DisableUser(ctx, id); err != nil {
		return fmt.Errorf("disable user: %w", err)
	}
	if _, err := c.SetUsername(ctx, id, ""); err != nil {
		return fmt.Errorf("clear user name: %w", err)
	}
	return nil
}
