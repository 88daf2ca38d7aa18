package load

import (
	"context"
	"io/fs"
)

// OpenFS opens a source that lies in a file system of the program's own, such
// as files embedded in it. spec is how the source is called in messages.
func OpenFS(spec string, fsys fs.FS) (*Source, error) {
	var opt Options
	return opt.fromFS(context.Background(), spec, "", fsys, spec)
}
