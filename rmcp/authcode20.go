package rmcp

import (
	"crypto/hmac"

	"github.com/fakebmc/fakebmc/ipmb"
)

// AppendPasswordCode appends what Get AuthCode returns for an RMCP+ integrity algorithm: the AuthCode of data under a
// user's password, in the algorithm's own length. Algorithm none, and unknown ones, are CCh. [IPMI 2.0 §22.21]
//
// The password is "the starting key instead of session-dependent keys such as the Session Integrity Key", so it stands
// in the place of SIK, and the HMACs are keyed with the K1 that follows from it. MD5-128 needs no K1.
func AppendPasswordCode(b []byte, alg IntegrityAlg, password Key, data []byte) ([]byte, error) {
	var keys SessionKeys
	switch alg {
	case IntegrityHMACSHA1:
		keys.auth = AuthRAKPHMACSHA1
	case IntegrityHMACMD5:
		keys.auth = AuthRAKPHMACMD5
	case IntegrityHMACSHA256:
		keys.auth = AuthRAKPHMACSHA256
	case IntegrityMD5:
	default:
		return b, ipmb.InvalidField
	}
	if newHash := keys.auth.hash(); newHash != nil {
		keys.derive(hmac.New(newHash, password[:]), 1, keys.k1[:0])
	}
	i, err := NewIntegrity(alg, keys.K1(), password)
	if err != nil {
		return b, ipmb.InvalidField
	}
	return i.Sum(b, data), nil
}
