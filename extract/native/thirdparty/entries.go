// Package thirdparty stands in for Python packages that are neither in the
// checkout nor torch or numpy: huggingface_hub's strict dataclasses and
// packaging's versions in full, einops by its pattern language, and the rest
// as names that can be imported and do nothing.
package thirdparty

import (
	"strings"

	"github.com/arch-extract/arch-extract/extract/interp"
)

// Entries is the table of the third-party packages.
func Entries() []interp.Entry {
	text := func(name, s string) interp.Entry {
		return interp.Entry{Name: name, Value: func(interT) value { return interp.NewStr(s) }}
	}
	fixed := func(name string, v value) interp.Entry {
		return interp.Entry{Name: name, Value: func(interT) value { return v }}
	}
	out := []interp.Entry{
		{Name: "huggingface_hub.dataclasses.strict", Sig: "cls=None, *, accept_kwargs=False", Fn: strict},
		{Name: "huggingface_hub.dataclasses.validate_typed_dict", Sig: "schema, data", Fn: validateTypedDict},
		{Name: "huggingface_hub.dataclasses.validated_field", Raw: func(in interT, a []value, kw []interp.KW) value {
			if len(a) == 0 {
				for i, k := range kw {
					if k.Name == "validator" {
						return validatedField(in, k.V, nil, append(append([]interp.KW(nil), kw[:i]...), kw[i+1:]...))
					}
				}
				in.Raise(interp.TypeError, "validated_field() missing 1 required positional argument: 'validator'")
			}
			return validatedField(in, a[0], a[1:], kw)
		}},
		{Name: "huggingface_hub.dataclasses.as_validated_field", Sig: "validator", Fn: func(_ interT, a []value) value {
			return &interp.Builtin{Name: "_inner", Qual: "huggingface_hub.dataclasses.as_validated_field.<locals>._inner",
				Raw: func(in interT, args []value, kw []interp.KW) value {
					return validatedField(in, a[0], args, append([]interp.KW(nil), kw...))
				}}
		}},
		{Name: "huggingface_hub.errors.StrictDataclassError", Class: strictError},
		{Name: "huggingface_hub.errors.StrictDataclassDefinitionError", Class: strictDefinitionError},
		{Name: "huggingface_hub.errors.StrictDataclassFieldValidationError", Class: strictFieldError},
		{Name: "huggingface_hub.errors.StrictDataclassClassValidationError", Class: strictClassError},
		{Name: "huggingface_hub.dataclasses.StrictDataclassDefinitionError", Class: strictDefinitionError},
		{Name: "huggingface_hub.dataclasses.StrictDataclassFieldValidationError", Class: strictFieldError},
		{Name: "huggingface_hub.dataclasses.StrictDataclassClassValidationError", Class: strictClassError},

		// A package that models are built with: its source comes beside that of
		// transformers, and without it what it would make is unknown.
		{Name: "timm", Absent: true, Module: func(in interT, name string) (value, bool) {
			if strings.HasPrefix(name, "__") {
				return nil, false
			}
			return in.Unknown("timm.%s: the source of the package timm is not given", name), true
		}},

		text("huggingface_hub.__version__", PackageVersions["huggingface-hub"]),
		text("huggingface_hub.constants.HF_HOME", "/nonexistent/huggingface"),
		text("huggingface_hub.constants.HF_HUB_CACHE", "/nonexistent/huggingface/hub"),
		text("huggingface_hub.constants.HUGGINGFACE_HUB_CACHE", "/nonexistent/huggingface/hub"),
		text("huggingface_hub.constants.HF_MODULES_CACHE", "/nonexistent/huggingface/modules"),
		text("huggingface_hub.constants.ENDPOINT", "https://huggingface.co"),
		text("huggingface_hub.constants.REPO_TYPE_MODEL", "model"),
		fixed("huggingface_hub.constants.HF_HUB_OFFLINE", interp.True),
		fixed("huggingface_hub.constants.HF_HUB_DISABLE_TELEMETRY", interp.True),
		fixed("huggingface_hub._CACHED_NO_EXIST", &interp.Instance{Cls: interp.ObjectClass}),
		{Name: "huggingface_hub.is_offline_mode", Sig: "", Fn: func(interT, []value) value { return interp.True }},
		{Name: "huggingface_hub.constants.is_offline_mode", Alias: "huggingface_hub.is_offline_mode"},
		{Name: "huggingface_hub.utils.is_offline_mode", Alias: "huggingface_hub.is_offline_mode"},
		{Name: "huggingface_hub.errors.EntryNotFoundError", Class: entryNotFound},
		{Name: "huggingface_hub.errors.LocalEntryNotFoundError", Class: localEntryNotFound},
		{Name: "huggingface_hub.utils.EntryNotFoundError", Alias: "huggingface_hub.errors.EntryNotFoundError"},
		{Name: "huggingface_hub.utils.LocalEntryNotFoundError", Alias: "huggingface_hub.errors.LocalEntryNotFoundError"},
		{Name: "huggingface_hub.hf_hub_download", Raw: noDownload},
		{Name: "huggingface_hub.snapshot_download", Raw: noDownload},
		{Name: "huggingface_hub.file_download.hf_hub_download", Alias: "huggingface_hub.hf_hub_download"},
		{Name: "huggingface_hub.try_to_load_from_cache", Sig: "*args, **kwargs", Fn: func(interT, []value) value { return interp.None }},
		{Name: "huggingface_hub.utils.are_progress_bars_disabled", Sig: "", Fn: func(interT, []value) value { return interp.True }},
		{Name: "huggingface_hub.utils.disable_progress_bars", Sig: "name=None", Fn: func(interT, []value) value { return interp.None }},
		{Name: "huggingface_hub.utils.enable_progress_bars", Sig: "name=None", Fn: func(interT, []value) value { return interp.None }},
		{Name: "huggingface_hub.utils.build_hf_headers", Sig: "*args, **kwargs", Fn: func(interT, []value) value { return interp.NewDict() }},
		{Name: "huggingface_hub.utils.httpx.HTTPError", Class: interp.NewNativeClass("httpx2.HTTPError", []*interp.Class{interp.Exception})},
		{Name: "huggingface_hub.file_download.REGEX_COMMIT_HASH", Value: func(in interT) value {
			return in.Call(native(in, "re.compile"), []value{interp.NewStr("^[0-9a-f]{40}$")}, nil)
		}},

		{Name: "packaging.version.Version", Class: versionClass},
		{Name: "packaging.version.InvalidVersion", Class: invalidVersion},
		{Name: "packaging.version.parse", Sig: "version", Fn: func(in interT, a []value) value { return newVersion(in, a[0]) }},
		{Name: "packaging.specifiers.SpecifierSet", Class: specifierSetClass},
		{Name: "packaging.specifiers.Specifier", Class: specifierClass},
		{Name: "packaging.specifiers.InvalidSpecifier", Class: invalidSpecifier},
		{Name: "packaging.requirements.Requirement", Class: requirementClass},
		{Name: "packaging.requirements.InvalidRequirement", Class: invalidRequire},
		text("packaging.__version__", PackageVersions["packaging"]),

		fixed("torch.nn.attention.flex_attention._DEFAULT_SPARSE_BLOCK_SIZE", interp.NewInt(128)),
		inertEntry("torch.nn.attention.flex_attention", "AuxRequest"),

		text("PIL.__version__", PackageVersions["pillow"]),
		text("torchvision.__version__", PackageVersions["torchvision"]),
		text("tokenizers.__version__", PackageVersions["tokenizers"]),
		text("safetensors.__version__", PackageVersions["safetensors"]),
		text("jinja2.__version__", PackageVersions["jinja2"]),
		text("yaml.__version__", PackageVersions["pyyaml"]),
		text("triton.__version__", PackageVersions["triton"]),
		text("regex.__version__", PackageVersions["regex"]),
	}
	// regex is a superset of re; what transformers uses of it, re has.
	for _, n := range []string{"compile", "match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer", "escape", "purge",
		"Pattern", "Match", "error", "A", "ASCII", "I", "IGNORECASE", "M", "MULTILINE", "S", "DOTALL", "X", "VERBOSE", "U", "UNICODE"} {
		out = append(out, interp.Entry{Name: "regex." + n, Alias: "re." + n})
	}
	out = append(out, exceptionEntries()...)
	out = append(out, enumEntries()...)
	out = append(out, tqdmEntries()...)
	out = append(out, tritonEntries()...)
	out = append(out, einopsEntries()...)
	for _, m := range inerts {
		out = append(out, m.entries()...)
	}
	return out
}
