"use strict";
// The gallery: one page whose address (the part after #) says what it shows.
const gallery = (() => {
  const $ = (id) => document.getElementById(id);
  let facets = [], rows = [], byName = new Map(), source = "";
  const families = new Map(), waiting = new Map();
  let marked = []; // names chosen to compare
  let state = { q: "", sort: "name", on: {} };

  // h makes an element; text is set as text, never as markup.
  function h(tag, attrs, ...children) {
    const e = document.createElement(tag);
    for (const [k, v] of Object.entries(attrs || {})) {
      if (k.startsWith("on")) e.addEventListener(k.slice(2), v);
      else if (v === true) e.setAttribute(k, "");
      else if (v !== false && v != null) e.setAttribute(k, v);
    }
    for (const c of children.flat(Infinity)) if (c != null && c !== false) e.append(c);
    return e;
  }
  const count = (n) => !n ? "" : n >= 1e12 ? (n / 1e12).toFixed(2) + " T" : n >= 1e9 ? (n / 1e9).toPrecision(3) + " B" : n >= 1e6 ? (n / 1e6).toPrecision(3) + " M" : n.toLocaleString("en");
  const go = (name) => "#family/" + encodeURIComponent(name);

  function index(src, data) {
    source = src;
    facets = data.facets;
    rows = data.rows.map((r, i) => {
      const [name, file, cls, error, total, active, layers, hidden, vals, parent, distance] = r;
      const facts = vals.map((v, j) => v < 0 ? "" : facets[j].values[v]);
      const words = (name + " " + cls + " " + facts.map((v, j) => v && facets[j].title + " " + v).join(" ")).toLowerCase();
      return { i, name, file, cls, error, total, active, layers, hidden, facts, parent, distance, words };
    });
    byName = new Map(rows.map((r) => [r.name, r]));
    drawFacets();
    window.addEventListener("hashchange", route);
    route();
    document.documentElement.dataset.ready = "";
  }

  // load brings a family's facts, once.
  function load(name) {
    if (families.has(name)) return Promise.resolve(families.get(name));
    return new Promise((done, fail) => {
      const list = waiting.get(name) || [];
      list.push(done);
      waiting.set(name, list);
      if (list.length > 1) return;
      const r = byName.get(name);
      document.head.append(h("script", { src: "families/" + r.file + ".js", onerror: () => fail(new Error("families/" + r.file + ".js is missing")) }));
    });
  }
  function family(name, data) {
    families.set(name, data);
    for (const done of waiting.get(name) || []) done(data);
    waiting.delete(name);
  }

  // The list's state lives in the address.
  function readState(s) {
    const p = new URLSearchParams(s);
    state = { q: p.get("q") || "", sort: p.get("sort") || "name", on: {} };
    for (const f of facets) { const v = p.getAll(f.key); if (v.length) state.on[f.key] = v; }
  }
  function writeState(replace) {
    const p = new URLSearchParams();
    if (state.q) p.set("q", state.q);
    if (state.sort !== "name") p.set("sort", state.sort);
    for (const [k, vs] of Object.entries(state.on)) for (const v of vs) p.append(k, v);
    const s = p.toString();
    const url = location.pathname + location.search + (s ? "#?" + s : "#");
    history[replace ? "replaceState" : "pushState"](null, "", url);
    route();
  }

  function matches(r, but) {
    for (const w of state.q.toLowerCase().split(/\s+/)) if (w && !r.words.includes(w)) return false;
    for (const [k, vs] of Object.entries(state.on)) {
      if (k === but) continue;
      if (!vs.includes(r.facts[facets.findIndex((f) => f.key === k)])) return false;
    }
    return true;
  }

  const columns = [
    { key: "name", title: "Family", of: (r) => r.name },
    { key: "total", title: "Parameters", of: (r) => r.total, show: (r) => count(r.total), n: true },
    { key: "layers", title: "Layers", of: (r) => r.layers, show: (r) => r.layers || "", n: true },
    { key: "hidden", title: "Hidden", of: (r) => r.hidden, show: (r) => r.hidden > 0 ? r.hidden : "", n: true, wide: true },
    { key: "model.kind", title: "Kind", fact: true, wide: true },
    { key: "attention.kind", title: "Attention", fact: true },
    { key: "position.kind", title: "Positions", fact: true, wide: true },
    { key: "block.norm_placement", title: "Norms", fact: true, wide: true },
    { key: "experts", title: "Experts", fact: true, wide: true },
  ];
  const fact = (r, key) => r.facts[facets.findIndex((f) => f.key === key)] || "";

  function sorted(list) {
    const down = state.sort.startsWith("-"), key = state.sort.replace(/^-/, "");
    const c = columns.find((x) => x.key === key) || columns[0];
    const of = c.fact ? (r) => fact(r, c.key) : c.of;
    const q = state.q.toLowerCase().trim();
    return list.sort((a, b) => {
      if (q && state.sort === "name") { // names that begin with the search come first
        const x = a.name.startsWith(q), y = b.name.startsWith(q);
        if (x !== y) return x ? -1 : 1;
      }
      const x = of(a), y = of(b);
      const d = typeof x === "number" ? x - y : String(x).localeCompare(String(y), "en");
      return (down ? -d : d) || a.i - b.i;
    });
  }

  function drawFacets() {
    $("facets").replaceChildren(...facets.filter((f) => f.values.length > 1 && f.values.length < 40).map((f) =>
      h("fieldset", { "data-key": f.key }, h("legend", {}, f.title), f.values.map((v) => {
        const box = h("input", { type: "checkbox", value: v, onchange: (e) => {
          const vs = new Set(state.on[f.key] || []);
          e.target.checked ? vs.add(v) : vs.delete(v);
          if (vs.size) state.on[f.key] = [...vs]; else delete state.on[f.key];
          writeState(false);
        } });
        return h("label", {}, box, h("span", {}, v), h("span", {}));
      }))));
    $("clear").addEventListener("click", () => { state.on = {}; writeState(false); });
  }
  function refreshFacets() {
    for (const set of $("facets").children) {
      const key = set.dataset.key, j = facets.findIndex((f) => f.key === key), n = new Map();
      for (const r of rows) if (matches(r, key)) n.set(r.facts[j], (n.get(r.facts[j]) || 0) + 1);
      for (const l of set.querySelectorAll("label")) {
        const box = l.firstChild;
        box.checked = (state.on[key] || []).includes(box.value);
        l.lastChild.textContent = n.get(box.value) || 0;
      }
    }
  }

  function show(title, status, ...nodes) {
    document.title = title ? title + " · " + source : "Architectures of " + source;
    $("count").textContent = status;
    $("view").replaceChildren(...nodes.flat(Infinity).filter((n) => n != null));
  }

  function list() {
    $("filters").hidden = false;
    if ($("q").value !== state.q) $("q").value = state.q;
    const found = sorted(rows.filter((r) => matches(r)));
    const head = h("tr", {}, h("th", { scope: "col" }, "Compare"), columns.map((c) => {
      const on = state.sort.replace(/^-/, "") === c.key, down = state.sort.startsWith("-");
      return h("th", { scope: "col", class: (c.n ? "n " : "") + (c.wide ? "wide" : ""), "aria-sort": on ? (down ? "descending" : "ascending") : false },
        h("button", { type: "button", "data-sort": c.key, onclick: () => { state.sort = on ? (down ? c.key : "-" + c.key) : (c.n ? "-" : "") + c.key; writeState(false); const b = document.querySelector(`[data-sort="${c.key}"]`); if (b) b.focus(); } },
          c.title + (on ? (down ? " ↓" : " ↑") : "")));
    }));
    const line = (r) => h("tr", {},
      h("td", {}, h("input", { type: "checkbox", "aria-label": "compare " + r.name, "data-name": r.name, checked: marked.includes(r.name), disabled: !!r.error, onchange: () => mark(r.name) })),
      columns.map((c, i) => i === 0
        ? h("td", {}, h("a", { href: go(r.name) }, r.name), h("div", { class: "mute" }, r.cls))
        : h("td", { class: (c.n ? "n " : "") + (c.wide ? "wide" : "") }, c.fact ? fact(r, c.key) : String(c.show(r)))));
    // what is seen first comes first, the rest a little later
    const body = h("tbody", { class: "rows" }, found.slice(0, 60).map(line));
    const rest = (at) => {
      if (!body.isConnected || at >= found.length) return;
      body.append(...found.slice(at, at + 120).map(line));
      setTimeout(rest, 0, at + 120);
    };
    setTimeout(rest, 0, 60);
    show("", found.length + " of " + rows.length + " families" + (marked.length ? " · marked to compare: " + marked.join(", ") : ""), h("div", { class: "scroll" }, h("table", {}, h("caption", { class: "skip" }, "Families"), h("thead", {}, head), body)));
    refreshFacets();
  }

  function mark(name) {
    marked = marked.includes(name) ? marked.filter((n) => n !== name) : [...marked, name].slice(-2);
    if (marked.length === 2) { const [a, b] = marked; marked = []; location.hash = "#compare/" + encodeURIComponent(a) + "/" + encodeURIComponent(b); }
    else { $("count").textContent = marked.length ? "marked to compare: " + marked[0] + ": mark a second family" : ""; }
  }

  const picture = (r, data) => h("a", { href: "pictures/" + r.file + ".svg" }, h("img", { class: "picture", src: "pictures/" + r.file + ".svg", alt: "Architecture of " + r.cls, width: Math.round(data.w), height: Math.round(data.h) }));
  const chooser = (label, value, then) => {
    const s = h("select", { "aria-label": label, onchange: (e) => then(e.target.value) }, h("option", { value: "" }, label), rows.filter((r) => !r.error).map((r) => h("option", { value: r.name, selected: r.name === value }, r.name)));
    return s;
  };

  async function one(name) {
    const r = byName.get(name);
    $("filters").hidden = true;
    if (!r) return show(name, "There is no family " + name + ".", h("p", {}, h("a", { href: "#" }, "All families")));
    const heading = h("h2", { tabindex: "-1" }, name);
    if (r.error) { show(name, "", heading, h("p", {}, "This family could not be built: " + r.error), h("p", {}, h("a", { href: "#" }, "All families"))); return heading.focus(); }
    const data = await load(name);
    const near = rows.filter((x) => x.parent === r.i || x.i === r.parent);
    const stacks = [...new Set(data.facts.map((f) => f.t))];
    show(name, "", heading,
      h("p", { class: "mute" }, r.cls + " · " + count(r.total) + " parameters"),
      h("div", { class: "bar" }, h("a", { href: "#" }, "All families"), chooser("Compare with", "", (v) => { if (v) location.hash = "#compare/" + encodeURIComponent(name) + "/" + encodeURIComponent(v); }),
        near.length ? h("span", {}, "Nearest: ", near.slice(0, 6).flatMap((x, i) => [i ? ", " : "", h("a", { href: "#compare/" + encodeURIComponent(name) + "/" + encodeURIComponent(x.name) }, x.name)])) : null),
      picture(r, data),
      h("details", {}, h("summary", {}, "The picture in words"), h("p", {}, data.text)),
      (data.blocks || []).map((b) => [h("h3", {}, b.title), h("p", { class: "mute" }, b.scope), h("pre", { tabindex: "0" }, b.flow)]),
      stacks.map((t) => [h("h3", {}, t === "main" ? "Facts" : "Facts: " + t), h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "facts of " + t }, h("table", {},
        h("thead", {}, h("tr", {}, ["Fact", "Value", "Where it holds", "Source"].map((x, i) => h("th", { scope: "col", class: i === 2 ? "wide" : "" }, x)))),
        h("tbody", {}, data.facts.filter((f) => f.t === t).map((f) => h("tr", {},
          h("th", { scope: "row" }, h("code", {}, f.k)),
          h("td", {}, f.v, f.s && f.s !== "absent" ? h("span", { class: "mute" }, " (" + f.s + ")") : null, f.n ? h("div", { class: "mute" }, f.n) : null),
          h("td", { class: "wide mute" }, f.o || ""),
          h("td", {}, (f.a || []).map(([text, url]) => h("div", {}, url ? h("a", { href: url }, text) : text))))))))]));
    heading.focus();
  }

  async function compare(a, b) {
    const x = byName.get(a), y = byName.get(b);
    $("filters").hidden = true;
    if (!x || !y || x.error || y.error) return show("", "There is nothing to compare.", h("p", {}, h("a", { href: "#" }, "All families")));
    const [p, q] = await Promise.all([load(a), load(b)]);
    const title = a + " and " + b, heading = h("h2", { tabindex: "-1" }, title);
    const collect = (d) => { const m = new Map(); for (const f of d.facts) { const k = f.t + "\n" + f.k; m.set(k, m.has(k) && m.get(k) !== f.v ? m.get(k) + " / " + f.v : f.v); } return m; };
    const fa = collect(p), fb = collect(q), keys = [...new Set([...fa.keys(), ...fb.keys()])];
    const all = h("input", { type: "checkbox", onchange: () => { body.replaceChildren(...lines()); } });
    const lines = () => keys.filter((k) => all.checked || fa.get(k) !== fb.get(k)).map((k) => {
      const [t, key] = k.split("\n"), differs = fa.get(k) !== fb.get(k);
      return h("tr", { class: differs ? "differs" : "" }, h("th", { scope: "row" }, h("code", {}, (t === "main" ? "" : t + ": ") + key)), h("td", { class: "v" }, fa.get(k) ?? "–"), h("td", { class: "v" }, fb.get(k) ?? "–"), h("td", {}, differs ? "differs" : "same"));
    });
    const body = h("tbody", {}, lines());
    const n = keys.filter((k) => fa.get(k) !== fb.get(k)).length;
    const to = (u, v) => { if (u && v) location.hash = "#compare/" + encodeURIComponent(u) + "/" + encodeURIComponent(v); };
    show(title, n + " of " + keys.length + " facts differ", heading,
      h("div", { class: "bar" }, h("a", { href: "#" }, "All families"), chooser("First family", a, (v) => to(v, b)), chooser("Second family", b, (v) => to(a, v)), h("label", {}, all, " equal facts too")),
      h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "facts" }, h("table", {}, h("thead", {}, h("tr", {}, ["Fact", a, b, ""].map((t, i) => i < 3 ? h("th", { scope: "col" }, t) : h("td", {})))), body)),
      h("div", { class: "two" }, h("div", {}, h("h3", {}, h("a", { href: go(a) }, a)), picture(x, p)), h("div", {}, h("h3", {}, h("a", { href: go(b) }, b)), picture(y, q))));
    heading.focus();
  }

  function tree() {
    $("filters").hidden = true;
    const kids = new Map();
    for (const r of rows) if (r.parent >= 0) kids.set(r.parent, [...(kids.get(r.parent) || []), r]);
    const branch = (r) => h("li", {}, h("a", { href: go(r.name) }, r.name),
      r.parent >= 0 ? h("span", { class: "mute" }, r.distance ? " · " + r.distance + (r.distance === 1 ? " difference" : " differences") : " · same facts") : null,
      kids.has(r.i) ? h("ul", {}, kids.get(r.i).sort((a, b) => a.distance - b.distance || a.i - b.i).map(branch)) : null);
    const roots = rows.filter((r) => r.parent < 0 && kids.has(r.i));
    const heading = h("h2", { tabindex: "-1" }, "Family tree");
    show("Family tree", "", heading, h("p", {}, "Each family hangs under the nearest one by the facts of its structure. It says who resembles whom, not who came first."), h("ul", { class: "tree" }, roots.map(branch)));
    heading.focus();
  }

  let opened = false;
  function route() {
    const s = location.hash.slice(1), [view, a, b] = s.split("/");
    const failed = (e) => show("", String(e.message || e));
    if (view === "family" && a) one(decodeURIComponent(a)).catch(failed);
    else if (view === "compare" && a && b) compare(decodeURIComponent(a), decodeURIComponent(b)).catch(failed);
    else if (view === "tree") tree();
    else { readState(s.replace(/^\?/, "")); list(); }
    if (opened && view) window.scrollTo(0, 0);
    opened = true;
  }

  // theme: the system's, or the other by the button
  const root = document.documentElement, dark = matchMedia("(prefers-color-scheme: dark)");
  const keep = { get: () => { try { return localStorage.getItem("theme"); } catch { return null; } }, set: (v) => { try { localStorage.setItem("theme", v); } catch { /* not allowed on some disks */ } } };
  function theme(v) { if (v) root.dataset.theme = v; $("theme").textContent = (v || (dark.matches ? "dark" : "light")) === "dark" ? "Light" : "Dark"; }
  theme(keep.get());
  $("theme").addEventListener("click", () => { const v = (root.dataset.theme || (dark.matches ? "dark" : "light")) === "dark" ? "light" : "dark"; keep.set(v); theme(v); });
  if (matchMedia("(max-width: 760px)").matches) document.querySelector("#filters details").open = false;

  let timer;
  $("q").addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => { const q = $("q").value; if (location.hash && !location.hash.startsWith("#?")) readState(""); state.q = q; writeState(true); }, 40); });

  document.addEventListener("keydown", (e) => {
    if (e.ctrlKey || e.metaKey || e.altKey) return;
    const at = document.activeElement, typing = at && (at.matches("input[type=search], select, textarea"));
    if (e.key === "/" && !typing) { e.preventDefault(); $("q").focus(); return; }
    if (e.key === "Escape") { if (at === $("q") && $("q").value) return; location.hash = "#"; $("q").focus(); return; }
    const links = [...document.querySelectorAll("tbody.rows a")];
    if (!links.length) return;
    const row = at && at.closest && at.closest("tbody.rows tr"), i = row ? links.indexOf(row.querySelector("a")) : -1;
    if (e.key === "ArrowDown" && (at === $("q") || !typing)) { e.preventDefault(); links[Math.min(i + 1, links.length - 1)].focus(); }
    else if (e.key === "ArrowUp" && i >= 0) { e.preventDefault(); (i ? links[i - 1] : $("q")).focus(); }
    else if (e.key === "c" && i >= 0 && !typing) { const box = row.querySelector("input"); if (!box.disabled) { box.checked = !box.checked; mark(box.dataset.name); } }
  });
  return { index, family };
})();
