package profiles

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/agnivade/levenshtein"

	"github.com/fakebmc/fakebmc/bmc/fault"
	"github.com/fakebmc/fakebmc/ipmb"
	"github.com/fakebmc/fakebmc/rmcp"
)

// word is a name and the number it stands for on the wire.
type word struct {
	name  string
	value uint8
}

// vocabulary is the words of one type.
type vocabulary struct {
	noun  string // how errors call a word: "unknown medium …"
	words []word
	open  bool // numbers without a name are allowed too
}

// vocabularies has the words of every type that is written as a word. Its String methods read it as well.
var vocabularies = map[reflect.Type]vocabulary{
	reflect.TypeFor[ipmb.Privilege](): {noun: "privilege", words: wordsOf(ipmb.PrivilegeUnspecified, ipmb.PrivilegeCallback,
		ipmb.PrivilegeUser, ipmb.PrivilegeOperator, ipmb.PrivilegeAdministrator, ipmb.PrivilegeOEM, ipmb.PrivilegeNoAccess)},
	reflect.TypeFor[Support]():          {noun: "device support", words: supportWords},
	reflect.TypeFor[Medium]():           {noun: "medium", words: mediumWords, open: true},
	reflect.TypeFor[Protocol]():         {noun: "protocol", words: protocolWords, open: true},
	reflect.TypeFor[SessionKind]():      {noun: "session support", words: sessionKindWords},
	reflect.TypeFor[AccessMode]():       {noun: "access mode", words: accessModeWords},
	reflect.TypeFor[rmcp.AuthType]():    {noun: "authentication type", words: wordsOf(rmcp.AuthTypeNone, rmcp.AuthTypeMD2, rmcp.AuthTypeMD5, rmcp.AuthTypeStraight, rmcp.AuthTypeOEM)},
	reflect.TypeFor[BitRate]():          {noun: "bit rate", words: bitRateWords},
	reflect.TypeFor[AddressSource]():    {noun: "address source", words: addressSourceWords},
	reflect.TypeFor[SerialConnection](): {noun: "serial connection", words: serialConnectionWords},
	reflect.TypeFor[SerialMode]():       {noun: "connection mode", words: serialModeWords},
	reflect.TypeFor[InterfaceType]():    {noun: "system interface type", words: interfaceWords},
	reflect.TypeFor[Rail]():             {noun: "rail", words: railWords},
	reflect.TypeFor[SensorType]():       {noun: "sensor type", words: sensorTypeWords, open: true},
	reflect.TypeFor[ReadingType]():      {noun: "event/reading type", words: readingTypeWords, open: true},
	reflect.TypeFor[Unit]():             {noun: "unit", words: unitWords, open: true},
	reflect.TypeFor[Linearization]():    {noun: "linearization", words: linearizationWords, open: true},

	reflect.TypeFor[PowerAction]():       {noun: "power action", words: powerActionWords},
	reflect.TypeFor[RestorePolicy]():     {noun: "power restore policy", words: restorePolicyWords},
	reflect.TypeFor[Button]():            {noun: "button", words: buttonWords},
	reflect.TypeFor[WatchdogInterrupt](): {noun: "watchdog interrupt", words: watchdogInterruptWords},
	reflect.TypeFor[LogPolicy]():         {noun: "policy of a full log", words: logPolicyWords},
	reflect.TypeFor[LogOperation]():      {noun: "log operation", words: logOperationWords},
	reflect.TypeFor[ReservationCheck]():  {noun: "check of reservations", words: reservationWords},
	reflect.TypeFor[AuxiliaryLog]():      {noun: "auxiliary log", words: auxiliaryLogWords},
	reflect.TypeFor[PEFAction]():         {noun: "PEF action", words: pefActionWords},
	reflect.TypeFor[Severity]():          {noun: "severity", words: severityWords},
	reflect.TypeFor[LenovoPlatform]():    {noun: "platform", words: lenovoPlatformWords},
	reflect.TypeFor[LenovoGeneration]():  {noun: "generation", words: lenovoGenerationWords},
	reflect.TypeFor[SupermicroFanMode](): {noun: "fan mode", words: supermicroFanModeWords},
	reflect.TypeFor[SupermicroLANMode](): {noun: "LAN mode", words: supermicroLANModeWords},
	reflect.TypeFor[PolicyRule]():        {noun: "rule of an alert policy", words: policyRuleWords},

	reflect.TypeFor[fault.Point]():      {noun: "point", words: faultWords(fault.Points)},
	reflect.TypeFor[fault.Interface]():  {noun: "interface", words: faultWords(fault.Interfaces)},
	reflect.TypeFor[fault.Generation](): {noun: "kind of session", words: faultWords(fault.Generations)},
	reflect.TypeFor[fault.Payload]():    {noun: "payload", words: faultWords(fault.Payloads), open: true},
	reflect.TypeFor[fault.Step]():       {noun: "step", words: faultWords(fault.Steps)},
	reflect.TypeFor[fault.Class]():      {noun: "class", words: faultWords(fault.Classes)},
	reflect.TypeFor[fault.Part]():       {noun: "part", words: faultWords(fault.Parts)},
	reflect.TypeFor[fault.Operation]():  {noun: "operation", words: faultWords(fault.Operations)},
	reflect.TypeFor[fault.Power]():      {noun: "power state", words: faultWords(fault.Powers)},
	reflect.TypeFor[fault.Event]():      {noun: "event", words: faultWords(fault.Events)},
	reflect.TypeFor[fault.Per]():        {noun: "count", words: faultWords(fault.Pers)},
	reflect.TypeFor[fault.Elsewhere]():  {noun: "place", words: faultWords(fault.Elsewheres)},
	reflect.TypeFor[fault.Store]():      {noun: "store", words: faultWords(fault.Stores)},
	reflect.TypeFor[fault.Area]():       {noun: "area", words: faultWords(fault.Areas)},
	reflect.TypeFor[fault.Failure]():    {noun: "failure", words: faultWords(fault.Failures)},
	reflect.TypeFor[fault.Code]():       {noun: "completion code", words: faultWords(fault.Codes), open: true},
	reflect.TypeFor[fault.Status]():     {noun: "status", words: faultWords(fault.Statuses), open: true},
	reflect.TypeFor[fault.Flaw]():       {noun: "flaw", words: faultWords(fault.Flaws)},
	reflect.TypeFor[fault.Act]():        {noun: "action", words: faultWords(fault.Acts)},
}

// wordsOf makes the words of a type that has its names in its String method.
func wordsOf[T interface {
	~uint8
	fmt.Stringer
}](values ...T) []word {
	words := make([]word, len(values))
	for i, v := range values {
		words[i] = word{v.String(), uint8(v)}
	}
	return words
}

// faultWords are the words of a type of package fault.
func faultWords(list []fault.Word) []word {
	words := make([]word, len(list))
	for i, w := range list {
		words[i] = word{w.Name, w.Value}
	}
	return words
}

// nameOf is the name of a value, or its number in hexadecimal.
func nameOf[T ~uint8](words []word, v T) string {
	for _, w := range words {
		if w.value == uint8(v) {
			return w.name
		}
	}
	return fmt.Sprintf("0x%02x", uint8(v))
}

// names lists the words, at most those of the list when there is one.
func (v vocabulary) names(only []string) []string {
	if only != nil {
		return only
	}
	names := make([]string, len(v.words))
	for i, w := range v.words {
		names[i] = w.name
	}
	return names
}

// value finds the number of a word.
func (v vocabulary) value(name string) (uint8, bool) {
	for _, w := range v.words {
		if w.name == name {
			return w.value, true
		}
	}
	return 0, false
}

// Hint says what would have been right, for errors about names that the loader does not know: the nearest word, or all
// of them when none is near.
func Hint(got string, words []string) string { return hint(got, words) }

// hint says what would have been right: the nearest word, or all of them when none is near.
func hint(got string, words []string) string {
	if w := nearest(got, words); w != "" {
		return fmt.Sprintf("did you mean %q?", w)
	}
	const most = 24
	if len(words) > most {
		return fmt.Sprintf("expected one of %s and %d more", strings.Join(words[:most], ", "), len(words)-most)
	}
	return "expected one of " + strings.Join(words, ", ")
}

// nearest finds the word that was meant: one with few letters changed, or one that begins alike ("adminn"). Empty: none
// is near.
func nearest(got string, words []string) string {
	const longest = 40
	if got == "" || len(got) > longest {
		return ""
	}
	got = strings.ToLower(got)
	best, bestDistance := "", len(got)/3+1
	if len(got) > 3 {
		bestDistance = max(bestDistance, 3) // two letters exchanged count as two
	}
	for _, w := range words {
		if d := levenshtein.ComputeDistance(got, strings.ToLower(w)); d < bestDistance {
			best, bestDistance = w, d
		}
	}
	if best != "" {
		return best
	}
	alike := max(3, (len(got)+1)/2) // letters that must be the same
	for _, w := range words {
		n := 0
		for low := strings.ToLower(w); n < len(got) && n < len(low) && got[n] == low[n]; {
			n++
		}
		if n >= alike {
			best, alike = w, n+1
		}
	}
	return best
}
