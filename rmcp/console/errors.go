package console

import "errors"

// ErrNoAnswer says that nothing that fits was received in time. Logins and exchanges wrap it with what was asked.
var ErrNoAnswer = errors.New("no answer")

// Breaches of the protocol by the BMC. They are wrapped with what was received.
var (
	ErrHeader     = errors.New("bmc: rmcp or session header is malformed")
	ErrLength     = errors.New("bmc: packet has bytes that do not belong to it")
	ErrMessage    = errors.New("bmc: ipmi message is malformed or not the answer to its request")
	ErrAuthCode   = errors.New("bmc: AuthCode is wrong")
	ErrPad        = errors.New("bmc: integrity or confidentiality pad is wrong")
	ErrSequence   = errors.New("bmc: session sequence number is not higher than the one before")
	ErrSessionID  = errors.New("bmc: session id is wrong")
	ErrProtection = errors.New("bmc: answer is not authenticated and encrypted as its request was")
	ErrTag        = errors.New("bmc: message tag is not the request's")
	ErrSetup      = errors.New("bmc: session set-up message is malformed")
	ErrAlgorithm  = errors.New("bmc: chose an algorithm that was not proposed")
	ErrRAKP2Code  = errors.New("bmc: key exchange authentication code of rakp 2 is wrong")
	ErrICV        = errors.New("bmc: integrity check value of rakp 4 is wrong")
	ErrUnexpected = errors.New("bmc: sent a packet that nobody waits for")
)
