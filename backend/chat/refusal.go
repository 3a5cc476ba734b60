package chat

// Refusal is an error for a person: a stable code that chooses the translation,
// an English sentence that says what happened and what to do, and the values
// that fill a translated one. It never holds secrets.
type Refusal struct {
	Code    string
	Message string
	Params  map[string]string
}

func (r *Refusal) Error() string { return r.Message }

// Is makes refusals with the same code equal for errors.Is.
func (r *Refusal) Is(target error) bool {
	other, ok := target.(*Refusal)
	return ok && other.Code == r.Code
}
