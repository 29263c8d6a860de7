package shard

// UnsentError says which outputs of a call have not been acknowledged, where the others have been. Only these are to be sent again.
type UnsentError struct {
	// Unsent are the indexes of these outputs, in ascending order.
	Unsent []int
	Err    error
}

func (e *UnsentError) Error() string { return e.Err.Error() }

// Unwrap returns the error of the first of these outputs.
func (e *UnsentError) Unwrap() error { return e.Err }
