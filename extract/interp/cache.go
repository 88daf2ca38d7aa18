package interp

// The nodes of compiled code remember where they found a name the last time:
// nodes belong to one interpreter, so nothing here is shared.

// classCache remembers what an attribute of a class is, until another class is
// asked or the class changes.
type classCache struct {
	cls, after *Class
	version    uint32
	v          Value // nil where there is none
}

// lookup is c.Lookup(name), for a node that always asks for the same name.
func (k *classCache) lookup(c *Class, name string) (Value, bool) {
	if k.cls == c && k.version == c.version {
		return k.v, k.v != nil
	}
	v, ok := c.Lookup(name)
	k.cls, k.version, k.v = c, c.version, v
	return v, ok
}

// lookupAfter is c.lookupAfter(after, name) in the same way.
func (k *classCache) lookupAfter(c, after *Class, name string) (Value, bool) {
	if k.cls == c && k.after == after && k.version == c.version {
		return k.v, k.v != nil
	}
	v, ok := c.lookupAfter(after, name)
	k.cls, k.after, k.version, k.v = c, after, c.version, v
	return v, ok
}

// dictCache remembers the entry of a dict that holds a name, or that the dict
// has no such key as long as none is added.
type dictCache struct {
	d     *Dict
	at    int32 // -1: there is none
	added uint32
}

// get is d.GetStr(name), for a node that always asks for the same name.
func (k *dictCache) get(d *Dict, name string) (Value, bool) {
	if k.d == d {
		if k.at < 0 {
			if k.added == d.added {
				return nil, false
			}
		} else if int(k.at) < len(d.e) {
			if e := &d.e[k.at]; e.kind == keyStr && e.s == name {
				return e.v, true
			}
		}
	}
	i := d.findStr(name)
	k.d, k.at, k.added = d, int32(i), d.added
	if i < 0 {
		return nil, false
	}
	return d.e[i].v, true
}
