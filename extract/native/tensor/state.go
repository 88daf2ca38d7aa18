package tensor

import (
	"strconv"
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
)

// State is what torch keeps globally, one per interpreter.
type State struct {
	DefaultDType DType
	devices      []string // stack of default devices: torch.device contexts
	setDevice    string   // of torch.set_default_device

	GradEnabled bool
	Inference   bool
	Autocast    bool
	// Tracer records the operations; nil outside a forward that is traced.
	Tracer *Tracer
	// Seed is the last manual seed.
	Seed int64
}

// StateKey is the key of the State in Interp.Ext.
var StateKey = new(int)

// StateOf is torch's state in this interpreter.
func StateOf(in *interp.Interp) *State {
	if s, ok := in.Ext[StateKey].(*State); ok {
		return s
	}
	s := &State{GradEnabled: true, Seed: 0}
	if in.Ext == nil {
		in.Ext = map[any]any{}
	}
	in.Ext[StateKey] = s
	return s
}

// DefaultDType is torch.get_default_dtype().
func DefaultDType(in *interp.Interp) DType { return StateOf(in).DefaultDType }

// Device is the device that new tensors are made on.
func (s *State) Device() string {
	if n := len(s.devices); n > 0 {
		return s.devices[n-1]
	}
	if s.setDevice != "" {
		return s.setDevice
	}
	return "cpu"
}

// PushDevice enters `with torch.device(d)`.
func (s *State) PushDevice(d string) { s.devices = append(s.devices, d) }

// PopDevice leaves the innermost device context.
func (s *State) PopDevice() {
	if n := len(s.devices); n > 0 {
		s.devices = s.devices[:n-1]
	}
}

// SetDefaultDevice is torch.set_default_device; "" resets it.
func (s *State) SetDefaultDevice(d string) { s.setDevice = d }

// DeviceClass is torch.device. Its methods are added by package torch.
var DeviceClass = interp.NewNativeClass("torch.device", nil)

// Device is a torch.device object. Index is -1 where none was given.
type Device struct {
	Kind  string
	Index int64
}

// Type implements interp.Value.
func (*Device) Type() *interp.Class { return DeviceClass }

// String is "cuda:0", "meta".
func (d *Device) String() string {
	if d.Index < 0 {
		return d.Kind
	}
	return d.Kind + ":" + strconv.FormatInt(d.Index, 10)
}

var deviceKinds = []string{"cpu", "cuda", "ipu", "xpu", "mkldnn", "opengl", "opencl", "ideep", "hip", "ve", "fpga", "maia", "xla", "lazy", "vulkan", "mps", "meta", "hpu", "mtia", "privateuseone"}

// ParseDevice reads a device string; it raises torch's RuntimeError.
func ParseDevice(in *interp.Interp, s string) *Device {
	kind, idx, has := strings.Cut(s, ":")
	d := &Device{Kind: kind, Index: -1}
	known := false
	for _, k := range deviceKinds {
		known = known || k == kind
	}
	if s == "" {
		in.Raise(interp.RuntimeError, "Device string must not be empty")
	}
	if !known {
		in.Raise(interp.RuntimeError, "Expected one of %s device type at start of device string: %s", strings.Join(deviceKinds, ", "), s)
	}
	if has {
		n, err := strconv.ParseInt(idx, 10, 8)
		if err != nil || n < 0 {
			in.Raise(interp.RuntimeError, "Invalid device string: '%s'", s)
		}
		d.Index = n
	}
	return d
}

// DeviceArg is the device argument v: the default device where it is None or not given.
func DeviceArg(in *interp.Interp, v interp.Value) string {
	switch v := v.(type) {
	case nil, interp.NoneType, *interp.Unknown:
		return StateOf(in).Device()
	case *Device:
		return v.String()
	case interp.Int:
		return "cuda:" + strconv.FormatInt(v.V, 10)
	}
	if s, ok := interp.AsStr(v); ok {
		return ParseDevice(in, s).String()
	}
	in.Raise(interp.TypeError, "device(): argument 'type' (position 1) must be str, not %s", v.Type().Name)
	return ""
}

// DeviceValue is the torch.device object of a tensor's device.
func DeviceValue(in *interp.Interp, s string) interp.Value {
	switch s {
	case "", "cpu":
		return cpuDevice
	case "meta":
		return metaDevice
	}
	return ParseDevice(in, s)
}

var (
	cpuDevice  = &Device{Kind: "cpu", Index: -1}
	metaDevice = &Device{Kind: "meta", Index: -1}
)
