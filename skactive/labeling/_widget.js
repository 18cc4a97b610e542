// Browser side of LabelingWidget: it shows `view` and sends what a person does.
// Rows are inserted as text, never as HTML.

const UNREAD_MS = 120; // keys pressed sooner are ignored: nobody can have read the row

function make(tag, className, parent, text) {
  const element = document.createElement(tag);
  element.className = className;
  if (text !== undefined) element.textContent = text;
  if (parent) parent.append(element);
  return element;
}

function fillTable(parent, lines) {
  const table = make("table", "skactive-table", parent);
  for (const [name, value] of lines) {
    const line = make("tr", "", table);
    make("th", "", line, name);
    make("td", "", line, value);
  }
}

function fillRow(parent, view) {
  parent.replaceChildren();
  if (view.kind === "image" && view.content.startsWith("data:image/")) {
    const image = make("img", "skactive-image", parent);
    image.alt = view.name;
    image.src = view.content;
  } else if (view.kind === "table") {
    fillTable(parent, view.content);
  } else {
    make("div", "skactive-text", parent, view.content);
  }
}

function build(el) {
  const root = make("div", "skactive-labeling", el);
  root.tabIndex = 0;
  const parts = { root };
  const head = make("div", "skactive-head", root);
  parts.name = make("span", "skactive-key", head);
  parts.bar = make("progress", "skactive-bar", head);
  parts.progress = make("span", "skactive-progress", head);
  parts.row = make("div", "skactive-row", root);
  parts.classes = make("div", "skactive-classes", root);
  parts.tools = make("div", "skactive-tools", root);
  parts.entry = make("input", "skactive-entry", root);
  parts.entry.hidden = true;
  parts.message = make("div", "skactive-message", root);
  parts.message.setAttribute("role", "status");
  parts.why = make("div", "skactive-why", root);
  return parts;
}

function render({ model, el }) {
  const parts = build(el);
  let view = model.get("view");
  let shownAt = performance.now();
  let isWaiting = false; // an answer was sent, and no view came back yet
  let digits = "";
  let entering = null; // "flag" or "class" while the person types a text

  function send(action, more) {
    if (isWaiting) return;
    const needsRow = action !== "undo" && action !== "class";
    if (needsRow && view.key === null) return;
    isWaiting = true;
    parts.root.classList.add("skactive-waiting");
    const seconds = (performance.now() - shownAt) / 1000;
    model.send({ action, key: view.key, seconds, ...more });
  }

  function enter(action) {
    entering = action;
    parts.entry.hidden = false;
    parts.entry.value = "";
    parts.entry.placeholder =
      action === "flag" ? "what is wrong? Enter saves, Escape cancels" : "name of the new class";
    parts.entry.focus();
  }

  function leave(isKept) {
    const action = entering;
    entering = null;
    parts.entry.hidden = true;
    parts.root.focus();
    if (isKept) send(action, { text: parts.entry.value });
  }

  const tools = [
    ["s", "skip", () => send("skip")],
    ["u", "undo", () => send("undo")],
    ["f", "flag", () => view.key !== null && enter("flag")],
    ["n", "new class", () => enter("class")],
    ["w", "why", () => send("why")],
  ];
  for (const [key, name, act] of tools) {
    const button = make("button", "skactive-tool", parts.tools, `${key} ${name}`);
    button.addEventListener("click", () => {
      if (key !== "f" && key !== "n") parts.root.focus();
      act();
    });
  }

  function answer(number) {
    digits = "";
    if (number >= 1 && number <= view.classes.length) send("label", { label: number - 1 });
  }

  function digit(key) {
    digits += key;
    const isFull = digits.length >= String(Math.max(view.classes.length, 1)).length;
    if (isFull) answer(Number(digits));
    else parts.message.textContent = `${digits}\u2026 one more digit, or Enter`;
  }

  function act(event) {
    const isEarly = performance.now() - shownAt < UNREAD_MS;
    if (event.repeat || (isEarly && event.key !== "u")) return true;
    if (/^[0-9]$/.test(event.key)) digit(event.key);
    else if (event.key === "Enter" && digits) answer(Number(digits));
    else {
      digits = "";
      const tool = tools.find(([key]) => key === event.key);
      if (!tool) return false;
      tool[2]();
    }
    return true;
  }

  // The notebook has its own keys and would get them before the widget, so listen on the window.
  // Keys with Ctrl, Alt or Meta are left to the notebook.
  function onKey(event) {
    if (!event.composedPath().includes(parts.root)) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.key === "Tab") return;
    event.stopImmediatePropagation();
    if (entering !== null) {
      if (event.key === "Enter" || event.key === "Escape") {
        event.preventDefault();
        leave(event.key === "Enter");
      }
    } else if (act(event)) {
      event.preventDefault();
    }
  }

  function showClasses() {
    parts.classes.replaceChildren();
    view.classes.forEach((name, index) => {
      const button = make("button", "skactive-class", parts.classes);
      make("kbd", "", button, String(index + 1));
      button.append(name);
      button.addEventListener("click", () => {
        parts.root.focus();
        answer(index + 1);
      });
    });
  }

  let shownClasses = null;
  let shownRow = null;
  function show() {
    view = model.get("view");
    isWaiting = false;
    digits = "";
    parts.root.classList.remove("skactive-waiting");
    parts.root.dataset.key = view.key === null ? "" : view.key;
    parts.root.dataset.serial = view.serial;
    parts.name.textContent = view.name;
    parts.bar.max = Math.max(view.total, 1);
    parts.bar.value = view.done;
    parts.progress.textContent = view.progress;
    parts.message.textContent = view.message;
    const row = JSON.stringify([view.key, view.kind, view.content]);
    if (row !== shownRow) {
      fillRow(parts.row, view);
      shownRow = row;
      shownAt = performance.now();
    }
    const classes = JSON.stringify(view.classes);
    if (classes !== shownClasses) showClasses();
    shownClasses = classes;
    parts.why.replaceChildren();
    if (view.why) fillTable(parts.why, view.why);
  }

  show();
  model.on("change:view", show);
  window.addEventListener("keydown", onKey, true);
  return () => {
    window.removeEventListener("keydown", onKey, true);
    model.off("change:view", show);
  };
}

export default { render };
