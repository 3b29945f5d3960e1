package fault

// HitKeys are the keys of Hits and what they mean.
var HitKeys = []Word{
	{Name: "after", Meaning: "so many pass before anything is counted"},
	{Name: "first", Meaning: "only the first so many"},
	{Name: "nth", Meaning: "only these, counted from 1"},
	{Name: "every", Meaning: "only every so manieth"},
	{Name: "for", Meaning: "only for so long from the first hit on"},
	{Name: "beyond", Meaning: "only what comes faster than count within a time"},
	{Name: "probability", Meaning: "of those that are left, drawn by the seed"},
	{Name: "per", Meaning: "each peer, session or message is counted by itself"},
}

// Lists are the words that conditions and actions take, by what they are.
var Lists = []struct {
	Title string
	Words []Word
}{
	{"STEP", Steps}, {"SESSION", Generations}, {"PAYLOAD", Payloads}, {"INTERFACE", Interfaces}, {"CLASS", Classes},
	{"PART", Parts}, {"OPERATION", Operations}, {"POWER", Powers}, {"EVENT", Events}, {"PER", Pers},
	{"FLAW", Flaws}, {"STATUS", Statuses}, {"FROM", Elsewheres}, {"RESERVATION", Stores}, {"AREA", Areas},
	{"I2C FAILURE", Failures}, {"COMPLETION CODE", Codes},
}
