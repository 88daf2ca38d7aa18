package tensor

import (
	"github.com/arch-extract/arch-extract/extract/interp"
)

// Attr answers the attributes that are asked for most, and those that Python
// code set on the tensor.
func (t *Tensor) Attr(in *interp.Interp, name string) (interp.Value, bool) {
	switch name {
	case "shape":
		return SizeValue(in, t.Shape), true
	case "dtype":
		return t.DType.Value(), true
	case "device":
		return DeviceValue(in, t.Device), true
	case "ndim":
		return interp.NewInt(int64(len(t.Shape))), true
	case "requires_grad":
		return interp.NewBool(t.RequiresGrad), true
	case "_base":
		if t.Base != nil {
			return t.Base, true
		}
		return interp.None, true
	case "__dict__":
		return t.AttrDict(true), true
	}
	if t.Dict != nil {
		return t.Dict.GetStr(name)
	}
	return nil, false
}

// SetAttr sets an attribute as Python's assignment does.
func (t *Tensor) SetAttr(in *interp.Interp, name string, v interp.Value) bool {
	switch name {
	case "data":
		src, ok := v.(*Tensor)
		if !ok {
			in.Raise(interp.TypeError, "Variable data has to be a tensor, but got %s", v.Type().Name)
		}
		t.Shape, t.DType, t.Stride, t.Offset, t.Store, t.Device = src.Shape, src.DType, src.Stride, src.Offset, src.Store, src.Device
		if tr := StateOf(in).Tracer; tr != nil {
			tr.Set(t, tr.NodeOf(in, src))
		}
		return true
	case "requires_grad":
		if b, ok := v.(interp.Bool); ok {
			if b.V && !t.DType.IsFloat() && !t.DType.IsComplex() {
				in.Raise(interp.RuntimeError, "only Tensors of floating point dtype can require gradients")
			}
			t.RequiresGrad = b.V
		}
		return true
	case "__class__":
		if c, ok := v.(*interp.Class); ok {
			t.Cls = c
		}
		return true
	}
	t.AttrDict(true).SetStr(name, v)
	return true
}

// DelAttr removes an attribute that was set on the tensor.
func (t *Tensor) DelAttr(name string) bool { return t.Dict != nil && t.Dict.DelStr(name) }

// Attr answers the attributes of a dtype.
func (d *DTypeObj) Attr(in *interp.Interp, name string) (interp.Value, bool) {
	switch name {
	case "is_floating_point":
		return interp.NewBool(d.D.IsFloat()), true
	case "is_complex":
		return interp.NewBool(d.D.IsComplex()), true
	case "is_signed":
		return interp.NewBool(d.D.IsSigned()), true
	case "itemsize":
		return interp.NewInt(d.D.ItemSize()), true
	}
	return nil, false
}

// Attr answers the attributes of a device.
func (d *Device) Attr(in *interp.Interp, name string) (interp.Value, bool) {
	switch name {
	case "type":
		return interp.NewStr(d.Kind), true
	case "index":
		if d.Index < 0 {
			return interp.None, true
		}
		return interp.NewInt(d.Index), true
	}
	return nil, false
}
