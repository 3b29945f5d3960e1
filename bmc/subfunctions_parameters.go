package bmc

// Sub-function numbers of the commands whose parts are configuration parameters, or parts of a channel's settings.
// [IPMI 2.0 App. H, Table H-1]
var (
	lanParameterSubs     = SubFunctions{Known: 1<<27 - 2, Of: lanParameterParts}
	serialParameterSubs  = SubFunctions{Known: 1<<35 - 2, Of: serialParameterParts}
	solParameterSubs     = SubFunctions{Known: 1<<18 - 2, Of: solParameterParts}
	pefParameterSubs     = SubFunctions{Known: 1<<14 - 1, Of: pefParameterPart}
	suspendARPSubs       = SubFunctions{Known: 0xfffefe, Of: suspendARPParts}
	armPEFSubs           = SubFunctions{Known: 0b111, Of: armPEFPart}
	alertImmediateSubs   = SubFunctions{Known: 1<<13 - 2, Of: alertImmediateParts}
	auxiliaryLogSubs     = SubFunctions{Known: 0b111, Of: func(_ *Machine, r *Request) uint64 { return 0b111 & (1 << (r.Data[0] & 0x0f)) }}
	firstByteChannelSubs = SubFunctions{Known: sessionChannels, Of: func(m *Machine, r *Request) uint64 {
		return channelBit(m, r, byteAt(r, 0)) & sessionChannels
	}}
	callbackOptionSubs = SubFunctions{Known: sessionChannels, Of: func(m *Machine, r *Request) uint64 {
		return channelBit(m, r, byteAt(r, 1)) & sessionChannels
	}}
	serialMuxSubs = SubFunctions{Known: 1<<9 - 2, Of: func(_ *Machine, r *Request) uint64 { // functions 1h-8h
		return (1<<9 - 2) & (1 << (byteAt(r, 1) & 0x0f))
	}}
)

// byteAt is a byte of a request's data, or 0 behind their end.
func byteAt(r *Request, i int) byte {
	if i >= len(r.Data) {
		return 0
	}
	return r.Data[i]
}

// channelPart is the sub-function of a channel in commands where channels 1-7 have the sub-functions of that number and
// channels 8-11 those from high on, which the later errata added.
func channelPart(m *Machine, r *Request, b byte, high int) uint64 {
	switch number, _ := m.channels.resolve(b&channelNumberMask, r.Channel); {
	case number >= 1 && number <= 7:
		return 1 << number
	case number >= 8 && number <= 11:
		return 1 << (high + int(number) - 8)
	}
	return 0
}

// parameterPart names a run of parameters that share a sub-function. With volatile the number is that of set selector 0,
// and the next one that of the non-volatile others.
type parameterPart struct {
	first, last uint8
	sub         int
	volatile    bool
}

// partOf is the sub-function of a parameter and a set selector.
func partOf(parts []parameterPart, number, set uint8) uint64 {
	for _, p := range parts {
		if number < p.first || number > p.last {
			continue
		}
		if p.volatile && set != 0 {
			return 1 << (p.sub + 1)
		}
		return 1 << p.sub
	}
	return 0
}

const lastParameter = 255

var lanParts = []parameterPart{
	{first: 3, last: 4, sub: 8}, {first: 5, last: 5, sub: 9}, {first: 6, last: 7, sub: 8}, {first: 8, last: 9, sub: 10},
	{first: 10, last: 11, sub: 11}, {first: 12, last: 15, sub: 8}, {first: 16, last: 16, sub: 12},
	{first: 18, last: 18, sub: 13, volatile: true}, {first: 19, last: 19, sub: 15, volatile: true},
	{first: 20, last: 20, sub: 17}, {first: 21, last: 21, sub: 18}, {first: 24, last: 24, sub: 19},
	{first: 25, last: 25, sub: 25}, {first: 26, last: 26, sub: 26}, {first: firstOEMParameter, last: lastParameter, sub: 20},
}

func lanParameterParts(m *Machine, r *Request) uint64 {
	return channelPart(m, r, byteAt(r, 0), 21) | partOf(lanParts, byteAt(r, 1), byteAt(r, 2)&0x0f)
}

var serialParts = []parameterPart{
	{first: 2, last: 2, sub: 8}, {first: 3, last: 3, sub: 9}, {first: 4, last: 4, sub: 10}, {first: 5, last: 5, sub: 11},
	{first: 6, last: 6, sub: 10}, {first: 7, last: 7, sub: 12}, {first: 8, last: 8, sub: 13}, {first: 9, last: 13, sub: 14},
	{first: 14, last: 14, sub: 15}, {first: 15, last: 15, sub: 16}, {first: 17, last: 17, sub: 17, volatile: true},
	{first: 18, last: 18, sub: 15}, {first: 19, last: 19, sub: 17, volatile: true}, {first: 21, last: 21, sub: 17, volatile: true},
	{first: 23, last: 23, sub: 17, volatile: true}, {first: 25, last: 28, sub: 19}, {first: 29, last: 29, sub: 20},
	{first: 30, last: 30, sub: 21}, {first: 31, last: 32, sub: 22}, {first: 33, last: 33, sub: 21}, {first: 34, last: 34, sub: 23},
	{first: 35, last: 36, sub: 21}, {first: 45, last: 45, sub: 24}, {first: 48, last: 48, sub: 21}, {first: 49, last: 49, sub: 28},
	{first: 54, last: 54, sub: 34}, {first: firstOEMParameter, last: lastParameter, sub: 29},
}

// serialParameterParts: parameters 38-44 have a sub-function for account 0, which is volatile, one for account 1 and one
// for all others.
func serialParameterParts(m *Machine, r *Request) uint64 {
	used := channelPart(m, r, byteAt(r, 0), 30)
	number, set := byteAt(r, 1), byteAt(r, 2)&0x0f
	if number >= 38 && number <= 44 {
		return used | 1<<(25+min(set, 2))
	}
	return used | partOf(serialParts, number, set)
}

var solParts = []parameterPart{
	{first: 1, last: 1, sub: 8}, {first: 2, last: 2, sub: 9}, {first: 3, last: 4, sub: 10}, {first: 5, last: 5, sub: 11},
	{first: 6, last: 6, sub: 12}, {first: 8, last: 8, sub: 13},
}

func solParameterParts(m *Machine, r *Request) uint64 {
	return channelPart(m, r, byteAt(r, 0), 14) | partOf(solParts, byteAt(r, 1), 0)
}

var pefParts = []parameterPart{
	{first: 6, last: 6, sub: 4}, {first: 7, last: 7, sub: 5}, {first: 9, last: 9, sub: 6},
	{first: 10, last: 10, sub: 7}, {first: 12, last: 12, sub: 8, volatile: true}, {first: 13, last: 13, sub: 10, volatile: true},
	{first: 15, last: 15, sub: 12}, {first: 96, last: 127, sub: 13},
}

// pefParameterPart: parameters 1-4 have sub-functions of their own, 0-3.
func pefParameterPart(_ *Machine, r *Request) uint64 {
	number := byteAt(r, 0) & 0x7f
	if number >= 1 && number <= 4 {
		return 1 << (number - 1)
	}
	return partOf(pefParts, number, byteAt(r, 1)&0x7f)
}

// suspendARPParts: 1-7 ARP responses and 9-15 gratuitous ARPs of channels 1-7, 16-19 and 20-23 of channels 8-11. They are
// used by suspending, not by letting go on.
func suspendARPParts(m *Machine, r *Request) (used uint64) {
	const (
		responses  = 1 << 1
		gratuitous = 1 << 0
	)
	if byteAt(r, 1)&responses != 0 {
		used |= channelPart(m, r, byteAt(r, 0), 16)
	}
	if byteAt(r, 1)&gratuitous != 0 {
		low := channelPart(m, r, byteAt(r, 0), 12) // 8-11 end up at 20-23
		used |= low << 8
	}
	return used
}

// armPEFPart: 0 disables the postpone timer, 1 arms it, 2 disables PEF for the time being; to ask is free.
func armPEFPart(_ *Machine, r *Request) uint64 {
	switch v := byteAt(r, 0); v {
	case 0x00:
		return 1 << 0
	case 0xfe:
		return 1 << 2
	case 0xff:
		return 0
	}
	return 1 << 1
}

// alertImmediateParts: channels, and 8 for platform event parameters. To ask for the status is free.
func alertImmediateParts(m *Machine, r *Request) uint64 {
	if byteAt(r, 1)>>6 != 0 {
		return 0
	}
	used := channelPart(m, r, byteAt(r, 0), 9)
	if len(r.Data) > 3 {
		used |= 1 << 8
	}
	return used
}
