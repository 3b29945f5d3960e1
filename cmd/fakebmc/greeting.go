package main

import (
	"net/netip"
	"strconv"
	"strings"

	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/profiles"
)

// greeting is the line for people: the ipmitool command that reaches the machine, ready to paste.
//
// It holds the password when that is one of fakebmc's own, which its source and its manual show to everybody. The
// password of any other profile is a secret of whoever wrote it, and a secret does not go into a terminal's history or a
// container's log: ipmitool asks for it instead (-a).
func (d *daemon) greeting() string {
	p := d.machine.Load().Profile()
	channel, _ := lanChannel(p)
	user := firstUser(p, channel.Number)
	if user == nil {
		return "nobody can log in to " + p.Name + ": none of its users is enabled on channel " + strconv.Itoa(int(channel.Number))
	}
	local, _ := netip.ParseAddrPort(d.servers[0].LocalAddr().String())
	words := []string{"ipmitool"}
	words = append(words, ipmitoolInterface(channel)...)
	words = append(words, "-H", reachable(local.Addr()))
	if local.Port() != 623 {
		words = append(words, "-p", strconv.Itoa(int(local.Port())))
	}
	words = append(words, "-U", quote(user.Name))
	if isPublic(user) {
		words = append(words, "-P", quote(user.Password))
	} else {
		words = append(words, "-a")
	}
	if len(channel.KG) > 0 {
		words = append(words, "-Y") // asks for the key
	}
	if level := privilegeOn(user, channel.Number); level != ipmb.PrivilegeAdministrator {
		words = append(words, "-L", strings.ToUpper(level.String())) // ipmitool asks for administrator
	}
	return "try: " + strings.Join(append(words, "mc", "info"), " ")
}

// firstUser is the first administrator of the channel, or else the first user who may log in.
func firstUser(p *profiles.Profile, channel uint8) (first *profiles.User) {
	for i := range p.Users {
		u := &p.Users[i]
		if u.Enabled != nil && !*u.Enabled {
			continue
		}
		level := privilegeOn(u, channel)
		if level == ipmb.PrivilegeAdministrator && u.Name != "" {
			return u
		}
		if first == nil && level != ipmb.PrivilegeNoAccess && level != ipmb.PrivilegeUnspecified {
			first = u
		}
	}
	return first
}

// privilegeOn is a user's privilege on a channel, PrivilegeNoAccess without IPMI messaging.
func privilegeOn(u *profiles.User, channel uint8) ipmb.Privilege {
	for _, a := range u.Channels {
		switch {
		case a.Number != channel:
			continue
		case a.Messaging != nil && !*a.Messaging:
			return ipmb.PrivilegeNoAccess
		case a.Privilege != ipmb.PrivilegeUnspecified:
			return a.Privilege
		}
	}
	return u.Privilege
}

// ipmitoolInterface is the interface that ipmitool needs for the channel. On lanplus it chooses suite 17 or 3 by itself.
func ipmitoolInterface(c *profiles.Channel) []string {
	if len(c.Suites) == 0 {
		return []string{"-I", "lan"}
	}
	best := uint8(0)
	for _, s := range c.Suites {
		if s.ID == 17 || s.ID == 3 {
			return []string{"-I", "lanplus"}
		}
		best = max(best, s.ID)
	}
	return []string{"-I", "lanplus", "-C", strconv.Itoa(int(best))}
}

// reachable is the address by which a client on this computer reaches a socket.
func reachable(a netip.Addr) string {
	if a.IsUnspecified() {
		return "127.0.0.1"
	}
	return a.Unmap().String()
}

// isPublic reports whether name and password are those of a built-in profile.
func isPublic(user *profiles.User) bool {
	for _, name := range profiles.Names() {
		p, err := profiles.Load(name)
		if err != nil {
			continue
		}
		for _, u := range p.Users {
			if u.Name == user.Name && u.Password == user.Password {
				return true
			}
		}
	}
	return false
}

// quote makes a word safe to paste into a shell.
func quote(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.,:/@%+=", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
