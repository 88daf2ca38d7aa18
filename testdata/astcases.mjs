// Makes the second column of pyast/testdata/cases.tsv: what CPython 3.14 makes of the source in the first column, a JSON string.
// usage: node astcases.mjs < cases.tsv > new   (needs the npm package pyodide 314.x in node_modules)
// A source that parses gets the sha256 of ast.dump(tree, include_attributes=True), another one "Type line:col message".
import { loadPyodide } from "pyodide";
import { readFileSync } from "node:fs";
const py = await loadPyodide();
const result = py.runPython(`
import ast, hashlib, warnings
warnings.simplefilter("ignore")
def result(s):
    try: t = ast.parse(s.encode())
    except SyntaxError as e: return f"{type(e).__name__} {e.lineno}:{e.offset} {e.msg}"
    return hashlib.sha256(ast.dump(t, include_attributes=True).encode("utf-8", "surrogatepass")).hexdigest()
result`);
for (const line of readFileSync(0, "utf8").split("\n")) {
  if (!line) continue;
  const source = line.split("\t")[0];
  console.log(source + "\t" + result(JSON.parse(source)));
}
