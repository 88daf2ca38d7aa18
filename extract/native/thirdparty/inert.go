package thirdparty

import (
	"strings"
	"unicode"

	"github.com/arch-extract/arch-extract/extract/interp"
)

// inert is a module of a package that has no bearing on the architecture: its
// names can be imported, its classes derived from and instantiated, and what
// its functions return is unknown. open modules have any name.
type inert struct {
	module string
	names  string // separated by blanks
	open   bool
}

// inertEntry makes the row of one inert name. A name in capitals is a constant
// whose value is unknown, one that ends in Error, Exception or Warning an
// exception, another with a capital a class, the rest functions.
func inertEntry(module, name string) interp.Entry {
	q := module + "." + name
	switch {
	case isConstant(name):
		return interp.Entry{Name: q, Value: func(in interT) value { return in.Unknown("%s", q) }}
	case unicode.IsUpper([]rune(strings.TrimLeft(name, "_") + "x")[0]):
		return interp.Entry{Name: q, Class: inertClass(q)}
	}
	return interp.Entry{Name: q, Raw: inertFunc(q)}
}

func isConstant(name string) bool {
	return len(name) > 1 && strings.ToUpper(name) == name && strings.ContainsFunc(name, unicode.IsLetter)
}

// inertFunc does nothing; used as a decorator it gives back what it decorates.
func inertFunc(q string) func(in interT, a []value, kw []interp.KW) value {
	return func(in interT, a []value, kw []interp.KW) value {
		if len(a) == 1 && len(kw) == 0 {
			switch f := a[0].(type) {
			case *interp.Function, *interp.Class:
				return f
			}
		}
		return in.Unknown("the result of %s", q)
	}
}

// inertClass can be instantiated with any arguments; the attributes of its
// instances are unknown.
func inertClass(q string, bases ...*interp.Class) *interp.Class {
	if len(bases) == 0 {
		for _, suffix := range []string{"Error", "Exception", "IsEnabled"} {
			if strings.HasSuffix(q, suffix) {
				bases = []*interp.Class{interp.Exception}
			}
		}
		if strings.HasSuffix(q, "Warning") {
			bases = []*interp.Class{interp.Warning}
		}
	}
	c := interp.NewNativeClass(q, bases)
	if len(bases) > 0 {
		return c
	}
	c.AddMethods(
		interp.Method{Name: "__init__", Sig: "self, *args, **kwargs", Fn: func(interT, []value) value { return interp.None }},
		interp.Method{Name: "__enter__", Sig: "self", Fn: func(_ interT, a []value) value { return a[0] }},
		interp.Method{Name: "__exit__", Sig: "self, *args", Fn: func(interT, []value) value { return interp.None }},
		interp.Method{Name: "__class_getitem__", Sig: "cls, item", Kind: "class", Fn: func(_ interT, a []value) value { return a[0] }},
	)
	c.Open = true
	c.GetAttrHook = func(in interT, self *interp.Instance, name string) (value, bool) {
		if self.Cls != c || strings.HasPrefix(name, "__") {
			return nil, false // classes derived from it have the attributes that they define
		}
		return in.Unknown("%s.%s", q, name), true
	}
	return c
}

// entries makes the rows of an inert module.
func (m inert) entries() []interp.Entry {
	e := interp.Entry{Name: m.module, Module: func(in interT, name string) (value, bool) {
		if !m.open || strings.HasPrefix(name, "__") {
			return nil, false
		}
		x := inertEntry(m.module, name)
		switch {
		case x.Class != nil:
			return x.Class, true
		case x.Value != nil:
			return x.Value(in), true
		}
		return &interp.Builtin{Name: name, Qual: x.Name, Raw: x.Raw}, true
	}}
	out := []interp.Entry{e}
	for _, n := range strings.Fields(m.names) {
		out = append(out, inertEntry(m.module, n))
	}
	return out
}

// inerts are the packages of the reference environment whose code plays no
// part in what a model is.
var inerts = []inert{
	// Access to the hub. Open: other releases of transformers use names that come and go.
	{module: "huggingface_hub", open: true, names: "HfApi ModelCard ModelCardData CommitOperationAdd Discussion ResolvedRevision"},
	{module: "huggingface_hub.constants", open: true},
	{module: "huggingface_hub.utils", open: true},
	{module: "huggingface_hub.errors", open: true},
	{module: "huggingface_hub.file_download", open: true},
	{module: "huggingface_hub.hf_api", open: true},
	{module: "huggingface_hub.repocard", open: true},
	{module: "huggingface_hub.serialization", open: true},
	{module: "huggingface_hub.inference", open: true},
	{module: "huggingface_hub.hub_mixin", open: true},
	{module: "huggingface_hub.dataclasses"},
	{module: "huggingface_hub.utils.httpx", open: true},
	{module: "hf_xet", open: true},
	// Weights and tokenizers: a model's architecture needs neither.
	{module: "safetensors", open: true, names: "safe_open"},
	{module: "safetensors.torch", open: true, names: "load load_file save_file save storage_ptr storage_size"},
	{module: "safetensors.numpy", open: true},
	{module: "tokenizers", open: true, names: "AddedToken Encoding Regex Tokenizer"},
	{module: "tokenizers.decoders", open: true},
	{module: "tokenizers.models", open: true},
	{module: "tokenizers.normalizers", open: true},
	{module: "tokenizers.pre_tokenizers", open: true},
	{module: "tokenizers.processors", open: true},
	{module: "tokenizers.trainers", open: true},
	{module: "tokenizers.implementations", open: true},
	// Files, network, terminals.
	{module: "yaml", open: true, names: "YAMLError"},
	{module: "filelock", open: true, names: "FileLock Timeout"},
	{module: "fsspec", open: true},
	{module: "requests", open: true, names: "Session Response"},
	{module: "requests.exceptions", open: true, names: "HTTPError ConnectionError RequestException"},
	{module: "requests.adapters", open: true},
	{module: "httpx", open: true, names: "HTTPError Client Response"},
	{module: "httpx2", open: true, names: "Client Response"},
	{module: "anyio", open: true},
	{module: "idna", open: true},
	{module: "h11", open: true},
	{module: "typer", open: true},
	{module: "click", open: true},
	{module: "rich", open: true},
	{module: "rich.console", open: true},
	{module: "rich.markdown", open: true},
	{module: "rich.live", open: true},
	{module: "rich.table", open: true},
	{module: "rich.text", open: true},
	{module: "pygments", open: true},
	{module: "shellingham", open: true},
	{module: "jinja2", open: true, names: "Environment Template TemplateError"},
	{module: "jinja2.exceptions", open: true},
	{module: "jinja2.ext", names: "Extension loopcontrols"},
	{module: "jinja2.meta", open: true},
	{module: "jinja2.nodes", open: true},
	{module: "jinja2.runtime", open: true},
	{module: "jinja2.sandbox", names: "ImmutableSandboxedEnvironment SandboxedEnvironment"},
	{module: "markupsafe", open: true},
	{module: "pydantic", open: true},
	{module: "pydantic_core", open: true},
	{module: "annotated_types", open: true},
	{module: "typing_inspection", open: true},
	{module: "setuptools", open: true},
	{module: "pip", open: true},
	{module: "sympy", open: true},
	{module: "mpmath", open: true},
	{module: "networkx", open: true},
	// Images. The modules exist, so that is_vision_available() is what it is where torch runs.
	{module: "PIL", open: true},
	{module: "PIL.Image", open: true, names: "Image Exif open fromarray new"},
	{module: "PIL.ImageOps", open: true},
	{module: "PIL.ImageChops", open: true},
	{module: "PIL.ImageDraw", open: true},
	{module: "PIL.ImageFont", open: true},
	{module: "PIL.ImageEnhance", open: true},
	{module: "PIL.ImageFilter", open: true},
	{module: "torchvision", open: true},
	{module: "torchvision.io", open: true},
	{module: "torchvision.datasets", open: true},
	{module: "torchvision.models", open: true},
	{module: "torchvision.models.feature_extraction", open: true, names: "create_feature_extractor get_graph_node_names"},
	{module: "torchvision.ops", open: true},
	{module: "torchvision.ops.misc", names: "FrozenBatchNorm2d"},
	{module: "torchvision.transforms", open: true, names: "ToTensor Compose Normalize Resize"},
	{module: "torchvision.transforms.functional", open: true},
	{module: "torchvision.transforms.v2", open: true},
	{module: "torchvision.transforms.v2.functional", open: true},
	// Fusing trained layers, block-sparse attention kernels.
	{module: "torch.nn.utils.fusion", names: "fuse_conv_bn_eval fuse_conv_bn_weights fuse_linear_bn_eval fuse_linear_bn_weights"},
	// GPU kernels.
	{module: "triton", open: true},
	{module: "triton.language", open: true},
}

// exceptions are errors that more than one module offers under the same
// identity, with their bases.
var exceptions = []struct {
	name    string
	base    *interp.Class
	modules string
}{
	{"HfHubHTTPError", interp.OSError, "huggingface_hub.errors huggingface_hub.utils"},
	{"BadRequestError", hubHTTPError, "huggingface_hub.errors huggingface_hub.utils"},
	{"RepositoryNotFoundError", hubHTTPError, "huggingface_hub.errors huggingface_hub.utils"},
	{"GatedRepoError", hubHTTPError, "huggingface_hub.errors huggingface_hub.utils"},
	{"DisabledRepoError", hubHTTPError, "huggingface_hub.errors huggingface_hub.utils"},
	{"RevisionNotFoundError", hubHTTPError, "huggingface_hub.errors huggingface_hub.utils"},
	{"OfflineModeIsEnabled", interp.ConnectionError, "huggingface_hub.errors huggingface_hub.utils"},
	{"HFValidationError", interp.ValueError, "huggingface_hub.errors huggingface_hub.utils"},
	{"LocalTokenNotFoundError", interp.OSError, "huggingface_hub.errors huggingface_hub.utils"},
	{"SafetensorError", interp.Exception, "safetensors"},
}

// noDownload fetches nothing: huggingface_hub without a network, and with
// nothing in its cache.
func noDownload(in interT, _ []value, _ []interp.KW) value {
	in.Raise(localEntryNotFound, "An error happened while trying to locate the file on the Hub and we cannot find the requested files in the local cache."+
		" Please check your connection and try again or make sure your Internet connection is on.")
	return nil
}

var (
	entryNotFound      = interp.NewNativeClass("huggingface_hub.errors.EntryNotFoundError", []*interp.Class{interp.Exception})
	localEntryNotFound = interp.NewNativeClass("huggingface_hub.errors.LocalEntryNotFoundError", []*interp.Class{interp.FileNotFoundError, entryNotFound})
)

var hubHTTPError = interp.NewNativeClass("huggingface_hub.errors.HfHubHTTPError", []*interp.Class{interp.OSError})

func exceptionEntries() []interp.Entry {
	var out []interp.Entry
	for _, x := range exceptions {
		modules := strings.Fields(x.modules)
		c := hubHTTPError
		if x.name != c.Name {
			c = interp.NewNativeClass(modules[0]+"."+x.name, []*interp.Class{x.base})
		}
		for _, m := range modules {
			out = append(out, interp.Entry{Name: m + "." + x.name, Class: c})
		}
	}
	return out
}
