package thirdparty

// PackageVersions are the installed distributions of the environment that
// interpreted code believes to run in, with their versions: transformers and
// timm, whose own source is interpreted, and what they bring along. Packages
// that are not listed (accelerate, scipy, torchaudio ...) are absent: importing
// one raises ModuleNotFoundError, and is_x_available() is false.
var PackageVersions = map[string]string{
	"annotated-doc": "0.0.7", "annotated-types": "0.8.0", "anyio": "4.16.0", "click": "8.5.1", "einops": "0.8.2",
	"filelock": "4.2.12", "fsspec": "2026.9.0", "h11": "0.16.0", "hf-xet": "1.8.0", "httpcore2": "2.16.2", "httpx2": "2.16.2",
	"huggingface-hub": "2.4.0", "idna": "3.20", "jinja2": "3.1.6", "markdown-it-py": "4.3.0", "markupsafe": "3.0.4",
	"mdurl": "0.1.2", "mpmath": "1.3.0", "networkx": "3.6.1", "numpy": "2.4.6", "packaging": "26.3", "pillow": "13.0.0",
	"pip": "23.2.1", "pydantic": "2.14.3", "pydantic-core": "2.50.4", "pygments": "2.21.0", "pyyaml": "6.0.3",
	"regex": "2026.11.15", "rich": "15.0.0", "safetensors": "0.8.0", "setuptools": "84.2.1", "shellingham": "1.5.4",
	"sympy": "1.14.0", "timm": "1.0.31", "tokenizers": "0.23.3", "torch": "2.14.1", "torchvision": "0.29.2", "tqdm": "4.70.1",
	"transformers": "5.23.0", "triton": "3.8.0", "typer": "0.29.2", "typing-extensions": "4.16.0", "typing-inspection": "0.4.5",
}
