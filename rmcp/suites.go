package rmcp

import "fmt"

// AuthAlg is a number of an RMCP+ authentication algorithm, six bits. [IPMI 2.0 §13.28, Table 13-17]
type AuthAlg uint8

// Authentication algorithms. [IPMI 2.0 §13.28, Table 13-17]
const (
	AuthRAKPNone       AuthAlg = 0
	AuthRAKPHMACSHA1   AuthAlg = 1
	AuthRAKPHMACMD5    AuthAlg = 2
	AuthRAKPHMACSHA256 AuthAlg = 3
)

// String names the algorithm.
func (a AuthAlg) String() string {
	switch a {
	case AuthRAKPNone:
		return "RAKP-none"
	case AuthRAKPHMACSHA1:
		return "RAKP-HMAC-SHA1"
	case AuthRAKPHMACMD5:
		return "RAKP-HMAC-MD5"
	case AuthRAKPHMACSHA256:
		return "RAKP-HMAC-SHA256"
	}
	return fmt.Sprintf("authentication algorithm %02Xh", uint8(a))
}

// IntegrityAlg is a number of an RMCP+ integrity algorithm, six bits. [IPMI 2.0 §13.28.4, Table 13-18]
type IntegrityAlg uint8

// Integrity algorithms. [IPMI 2.0 §13.28.4, Table 13-18]
const (
	IntegrityNone       IntegrityAlg = 0
	IntegrityHMACSHA1   IntegrityAlg = 1 // HMAC-SHA1-96
	IntegrityHMACMD5    IntegrityAlg = 2 // HMAC-MD5-128
	IntegrityMD5        IntegrityAlg = 3 // MD5-128
	IntegrityHMACSHA256 IntegrityAlg = 4 // HMAC-SHA256-128
)

// String names the algorithm.
func (a IntegrityAlg) String() string {
	switch a {
	case IntegrityNone:
		return "none"
	case IntegrityHMACSHA1:
		return "HMAC-SHA1-96"
	case IntegrityHMACMD5:
		return "HMAC-MD5-128"
	case IntegrityMD5:
		return "MD5-128"
	case IntegrityHMACSHA256:
		return "HMAC-SHA256-128"
	}
	return fmt.Sprintf("integrity algorithm %02Xh", uint8(a))
}

// ConfidentialityAlg is a number of an RMCP+ confidentiality algorithm, six bits. [IPMI 2.0 §13.28.5, Table 13-19]
type ConfidentialityAlg uint8

// Confidentiality algorithms. [IPMI 2.0 §13.28.5, Table 13-19]
const (
	ConfidentialityNone    ConfidentialityAlg = 0
	ConfidentialityAESCBC  ConfidentialityAlg = 1 // AES-CBC-128
	ConfidentialityXRC4128 ConfidentialityAlg = 2 // xRC4-128
	ConfidentialityXRC440  ConfidentialityAlg = 3 // xRC4-40
)

// String names the algorithm.
func (a ConfidentialityAlg) String() string {
	switch a {
	case ConfidentialityNone:
		return "none"
	case ConfidentialityAESCBC:
		return "AES-CBC-128"
	case ConfidentialityXRC4128:
		return "xRC4-128"
	case ConfidentialityXRC440:
		return "xRC4-40"
	}
	return fmt.Sprintf("confidentiality algorithm %02Xh", uint8(a))
}

// SuiteCount is the number of cipher suites that the specification defines; their IDs are 0 to SuiteCount-1.
const SuiteCount = 20

// Suite is a cipher suite: three algorithms under one ID. [IPMI 2.0 §22.15.2, Table 22-20]
type Suite struct {
	ID              uint8
	Auth            AuthAlg
	Integrity       IntegrityAlg
	Confidentiality ConfidentialityAlg
}

// String prints "suite 3 (RAKP-HMAC-SHA1, HMAC-SHA1-96, AES-CBC-128)".
func (s Suite) String() string {
	return fmt.Sprintf("suite %d (%v, %v, %v)", s.ID, s.Auth, s.Integrity, s.Confidentiality)
}

// suites is the table of cipher suites in the order of their IDs. [IPMI 2.0 §22.15.2, Table 22-20]
var suites = [SuiteCount]Suite{
	{0, AuthRAKPNone, IntegrityNone, ConfidentialityNone},
	{1, AuthRAKPHMACSHA1, IntegrityNone, ConfidentialityNone},
	{2, AuthRAKPHMACSHA1, IntegrityHMACSHA1, ConfidentialityNone},
	{3, AuthRAKPHMACSHA1, IntegrityHMACSHA1, ConfidentialityAESCBC},
	{4, AuthRAKPHMACSHA1, IntegrityHMACSHA1, ConfidentialityXRC4128},
	{5, AuthRAKPHMACSHA1, IntegrityHMACSHA1, ConfidentialityXRC440},
	{6, AuthRAKPHMACMD5, IntegrityNone, ConfidentialityNone},
	{7, AuthRAKPHMACMD5, IntegrityHMACMD5, ConfidentialityNone},
	{8, AuthRAKPHMACMD5, IntegrityHMACMD5, ConfidentialityAESCBC},
	{9, AuthRAKPHMACMD5, IntegrityHMACMD5, ConfidentialityXRC4128},
	{10, AuthRAKPHMACMD5, IntegrityHMACMD5, ConfidentialityXRC440},
	{11, AuthRAKPHMACMD5, IntegrityMD5, ConfidentialityNone},
	{12, AuthRAKPHMACMD5, IntegrityMD5, ConfidentialityAESCBC},
	{13, AuthRAKPHMACMD5, IntegrityMD5, ConfidentialityXRC4128},
	{14, AuthRAKPHMACMD5, IntegrityMD5, ConfidentialityXRC440},
	{15, AuthRAKPHMACSHA256, IntegrityNone, ConfidentialityNone},
	{16, AuthRAKPHMACSHA256, IntegrityHMACSHA256, ConfidentialityNone},
	{17, AuthRAKPHMACSHA256, IntegrityHMACSHA256, ConfidentialityAESCBC},
	{18, AuthRAKPHMACSHA256, IntegrityHMACSHA256, ConfidentialityXRC4128},
	{19, AuthRAKPHMACSHA256, IntegrityHMACSHA256, ConfidentialityXRC440},
}

// SuiteByID returns the suite with a standard ID.
func SuiteByID(id uint8) (Suite, bool) {
	if id >= SuiteCount {
		return Suite{}, false
	}
	return suites[id], true
}

// SuiteOf returns the suite that joins three algorithms.
func SuiteOf(a AuthAlg, i IntegrityAlg, c ConfidentialityAlg) (Suite, bool) {
	for _, s := range suites {
		if s.Auth == a && s.Integrity == i && s.Confidentiality == c {
			return s, true
		}
	}
	return Suite{}, false
}

// Tags of cipher suite records: start of record, and the kind of an algorithm number in bits 7:6.
// [IPMI 2.0 §22.15.1, Table 22-19]
const (
	recordStandard     = 0xc0
	tagIntegrity       = 0x40
	tagConfidentiality = 0x80
	algMask            = 0x3f
)

// AppendSuiteRecords appends the records of suites as Get Channel Cipher Suites lists them by suite: C0h, ID, and the
// three tagged algorithms. The command hands them out in blocks of sixteen bytes. [IPMI 2.0 §22.15.1, Table 22-19]
func AppendSuiteRecords(b []byte, list []Suite) []byte {
	for _, s := range list {
		b = append(b, recordStandard, s.ID, byte(s.Auth),
			tagIntegrity|byte(s.Integrity), tagConfidentiality|byte(s.Confidentiality))
	}
	return b
}

// AppendSuiteAlgorithms appends every algorithm of suites once, tagged, in rising order: authentication, integrity,
// confidentiality, as Get Channel Cipher Suites lists them by algorithm. [IPMI 2.0 §22.15.1]
func AppendSuiteAlgorithms(b []byte, list []Suite) []byte {
	var auth, integrity, confidentiality uint64
	for _, s := range list {
		auth |= 1 << (s.Auth & algMask)
		integrity |= 1 << (s.Integrity & algMask)
		confidentiality |= 1 << (s.Confidentiality & algMask)
	}
	b = appendAlgorithms(b, 0, auth)
	b = appendAlgorithms(b, tagIntegrity, integrity)
	return appendAlgorithms(b, tagConfidentiality, confidentiality)
}

func appendAlgorithms(b []byte, tag byte, set uint64) []byte {
	for n := byte(0); set != 0; n, set = n+1, set>>1 {
		if set&1 != 0 {
			b = append(b, tag|n)
		}
	}
	return b
}
