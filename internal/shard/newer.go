package shard

import "errors"

// ErrNewer is the error of stored data in a format that this program does not know, because a newer version of Tidemark has written the
// data. No retry mends that, and the data is not damaged: nobody may drop it.
var ErrNewer = errors.New("a newer version of Tidemark wrote it: upgrade this instance; to go back to this version, stop the newer instances, then run `tidemark rebuild`")
