// What the console page does in the browser alone: text boxes, scrolling, theme. Everything else comes from the server.
"use strict";

const desk = (() => {
  const DRAFT = "shopdesk:draft:";
  const FILES = "shopdesk:files:";
  const UNSENT = "shopdesk:unsent:";
  const TOAST = 6_000;
  const NOT_CONNECTED = "There is no connection to the desk. What you wrote stays here: send it once it is back.";
  // A connection counts once the desk knows this page on it; to a desk that does not, the page is about to be read anew.
  let isLeaving = false;
  const isConnected = () =>
    Boolean(window.socket?.connected && window.did_handshake) &&
    document.getElementById("popup")?.ariaHidden !== "false" &&
    !isLeaving;
  const box = (element) => element.closest(".compose");
  const text = (form) => form.querySelector("textarea");

  // --- writing ---------------------------------------------------------------------------------------------------

  function grow(area) {
    area.style.height = "auto";
    if (!area.offsetParent) return; // not in sight: it has no height to go by
    area.style.height = Math.min(area.scrollHeight + 2, 200) + "px";
  }

  function typed(area) {
    grow(area);
    const form = box(area);
    if (!form && area.dataset.draft) remember(DRAFT + area.dataset.draft, area.value);
    if (!form) return;
    showMode(form);
    // while a message is edited, the draft it stands in for waits in the storage
    if (!form.dataset.editing) remember(DRAFT + form.dataset.draft, area.value);
  }

  function remember(key, value) {
    if (value) sessionStorage.setItem(key, value);
    else sessionStorage.removeItem(key);
  }

  function showMode(form) {
    if (!form.dataset.prefix) return;
    const mode = text(form).value.trimStart().startsWith(form.dataset.prefix) ? "reply" : "note";
    form.dataset.mode = mode;
    for (const button of form.querySelectorAll(".mode"))
      button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
  }

  function mode(button) {
    const form = box(button);
    const area = text(form);
    const { prefix } = form.dataset;
    const bare = area.value.trimStart();
    const isReply = bare.startsWith(prefix);
    if (button.dataset.mode === "reply" && !isReply) area.value = `${prefix} ${area.value}`;
    if (button.dataset.mode === "note" && isReply) area.value = bare.slice(prefix.length).trimStart();
    typed(area);
    area.focus();
    area.setSelectionRange(area.value.length, area.value.length);
  }

  function write(area, value) {
    area.value = value;
    typed(area);
    area.focus();
    area.setSelectionRange(value.length, value.length);
  }

  // adds to what stands in a box
  function add(id, value) {
    const area = document.getElementById(id);
    if (area) write(area, joined([area.value, value]));
  }

  const joined = (texts) => texts.filter((one) => one.trim()).join("\n");

  function edit(id, value) {
    const area = document.getElementById(id);
    if (!area) return;
    box(area).dataset.editing = "true";
    write(area, value);
  }

  function stopEditing(id) {
    const area = document.getElementById(id);
    if (!area) return;
    const form = box(area);
    delete form.dataset.editing;
    write(area, sessionStorage.getItem(DRAFT + form.dataset.draft) ?? "");
  }

  function key(event, emit) {
    if (event.isComposing) return;
    const form = box(event.target);
    if (event.key === "Escape" && form.dataset.editing) form.querySelector(".editing button")?.click();
    if (event.key !== "Enter" || event.shiftKey) return;
    event.preventDefault();
    send(event.target, emit);
  }

  async function send(element, emit) {
    const form = box(element);
    await form.uploads;
    const area = text(form);
    const value = area.value;
    if (!value.trim() && !form.querySelector(".chip")) return;
    if (!isConnected()) return toast(NOT_CONNECTED);
    const sent = { text: value, id: Date.now(), edits: Boolean(form.dataset.editing) };
    // a reply without words: the desk says so, the box keeps what stands in it
    const isBare = value.trim() === form.dataset.prefix && !form.querySelector(".chip");
    if (!isBare && !sent.edits) {
      keepUnsent(form.dataset.draft, { ...unsent(form.dataset.draft), [sent.id]: value });
      area.value = "";
      typed(area);
    }
    for (const list of document.querySelectorAll("[data-stick]")) if (list.parentElement.contains(form)) end(list.id);
    emit(sent);
    area.focus();
  }

  // What was sent is kept until the desk says that it took it. Should the connection end before, it stands in the box
  // again, and leaves it when the desk says so after all.
  const unsent = (name) => JSON.parse(sessionStorage.getItem(UNSENT + name) ?? "{}");
  const keepUnsent = (name, texts) => remember(UNSENT + name, Object.keys(texts).length ? JSON.stringify(texts) : "");

  function giveBack(form) {
    const texts = unsent(form.dataset.draft);
    const given = Object.values(texts);
    if (!given.length) return;
    form.givenBack = texts;
    keepUnsent(form.dataset.draft, {});
    const area = text(form);
    area.value = joined([...given, area.value]);
    typed(area);
  }

  const forget = (name) => remember(DRAFT + name, "");

  function refused(name) {
    for (const form of document.querySelectorAll(".compose")) if (form.dataset.draft === name) giveBack(form);
  }

  function taken(name, id) {
    const { [id]: _, ...others } = unsent(name);
    keepUnsent(name, others);
    for (const form of document.querySelectorAll(".compose")) {
      if (form.dataset.draft !== name || !form.givenBack?.[id] || text(form).value !== form.givenBack[id]) continue;
      text(form).value = "";
      typed(text(form));
    }
  }

  // --- attachments -----------------------------------------------------------------------------------------------

  const pick = (button) => box(button).querySelector(".picker").click();

  function picked(event, emit) {
    upload(box(event.target), [...event.target.files], emit);
    event.target.value = "";
  }

  function paste(event, emit) {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    upload(box(event.target), files, emit);
  }

  function drop(event, emit) {
    event.preventDefault();
    upload(box(event.target), [...event.dataTransfer.files], emit);
  }

  function upload(form, files, emit) {
    if (form.dataset.editing) return toast("A message that was sent takes no more files: send them in a new one.");
    const before = form.uploads ?? Promise.resolve();
    form.uploads = before.then(async () => {
      for (const file of files) {
        const { id, error } = await uploadOne(file, Number(form.dataset.largest));
        if (error) toast(error);
        else emit(id);
      }
      await new Promise((resolve) => setTimeout(resolve, 50)); // the chips arrive before what is sent with them
    });
  }

  // what is attached waits with the draft
  const attached = (name, ids) => remember(FILES + name, ids.length ? JSON.stringify(ids) : "");

  async function uploadOne(file, largest) {
    if (file.size > largest) return { error: `${file.name} is larger than ${Math.floor(largest / 1e6)} MB.` };
    const headers = {
      "content-type": file.type || "application/octet-stream",
      "x-file-name": encodeURIComponent(file.name),
    };
    try {
      const answer = await fetch("/files", { method: "POST", body: file, headers });
      return answer.ok ? { id: (await answer.json()).id } : { error: await answer.text() };
    } catch {
      return { error: `${file.name} could not be uploaded: there is no connection to the desk.` };
    }
  }

  function toast(words) {
    const list = document.querySelector(".toasts");
    const note = Object.assign(document.createElement("div"), { className: "toast", dir: "auto", textContent: words });
    list.append(note);
    if (list.matches(":popover-open")) list.hidePopover();
    list.showPopover(); // above a dialog that was opened before
    setTimeout(() => note.remove(), TOAST);
  }

  // --- dialogs ---------------------------------------------------------------------------------------------------

  function open(id) {
    const dialog = document.getElementById(id);
    if (!dialog || dialog.open) return;
    const opener = held;
    dialog.showModal();
    dialog.addEventListener("close", () => regain(opener));
    for (const field of dialog.querySelectorAll("[data-initial]"))
      field.value = "moment" in field.dataset ? localTime(field.dataset.initial) : field.dataset.initial;
    for (const field of dialog.querySelectorAll("[data-draft]"))
      field.value = sessionStorage.getItem(DRAFT + field.dataset.draft) ?? field.value;
    for (const area of dialog.querySelectorAll("textarea")) grow(area);
    dialog.querySelector("[data-first]")?.focus();
  }

  function submit(event, emit) {
    event.preventDefault();
    const form = event.target;
    for (const group of form.querySelectorAll("fieldset[data-required]")) demand(group);
    if (!form.reportValidity()) return;
    if (!isConnected()) return toast(NOT_CONNECTED);
    emit(filled(form));
    form.closest("dialog").close();
  }

  // the browser has no word for a group of boxes of which one must be ticked
  function demand(group) {
    const boxes = [...group.querySelectorAll("input")];
    const missing = boxes.every((box) => !box.checked);
    boxes[0].setCustomValidity(missing ? "Choose at least one." : "");
    group.onchange ??= () => boxes[0].setCustomValidity("");
  }

  // several choices of one name come with a comma between, moments in seconds since 1970
  function filled(form) {
    const told = {};
    for (const [name, value] of new FormData(form)) told[name] = name in told ? `${told[name]},${value}` : value;
    for (const field of form.querySelectorAll("[data-moment]"))
      told[field.name] = field.value ? String(Math.floor(new Date(field.value) / 1000)) : "";
    return told;
  }

  // a moment as a field for date and time wants it: in the time zone of whoever looks at it
  function localTime(seconds) {
    if (!/^\d+$/.test(seconds)) return "";
    const at = new Date(Number(seconds) * 1000);
    return new Date(at - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  }

  const close = (element) => element.closest("dialog").close();

  function dialogKey(event) {
    if (event.key !== "Enter" || event.isComposing || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.target.form.requestSubmit();
  }

  // --- commands --------------------------------------------------------------------------------------------------

  const suggestions = (input) => document.getElementById(input.getAttribute("aria-controls"));
  const offered = (input) => [...suggestions(input).children].filter((one) => !one.hidden);

  // what begins as it is typed, until the command's name is complete
  function suggest(input) {
    const typed = input.value.trimStart().toLowerCase();
    const name = typed.startsWith("/") ? typed : `/${typed}`;
    const begun = typed.includes(" ");
    for (const one of suggestions(input).children)
      one.hidden = begun ? name.split(" ")[0] !== one.dataset.command : !one.dataset.command.startsWith(name);
    point(input, null);
    const any = offered(input).length > 0;
    suggestions(input).hidden = !any;
    input.setAttribute("aria-expanded", String(any));
  }

  function unsuggest(input) {
    suggestions(input).hidden = true;
    input.setAttribute("aria-expanded", "false");
    point(input, null);
  }

  function point(input, option) {
    for (const one of suggestions(input).children) one.setAttribute("aria-selected", String(one === option));
    if (option) input.setAttribute("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }

  function take(input, option) {
    input.value = `${option.dataset.command} `;
    suggest(input);
  }

  function commandKey(event) {
    if (event.isComposing) return;
    const input = event.target;
    const open = !suggestions(input).hidden;
    const options = open ? offered(input) : [];
    const place = options.findIndex((one) => one.getAttribute("aria-selected") === "true");
    const isBegun = input.value.includes(" ");
    if (event.key === "Escape") {
      unsuggest(input);
      if (!open || !input.value) document.querySelector(".answers-close")?.click();
      return;
    }
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && options.length) {
      const step = event.key === "ArrowDown" ? 1 : -1;
      const next = place < 0 && step < 0 ? options.length - 1 : (place + step + options.length) % options.length;
      event.preventDefault();
      return point(input, options[next]);
    }
    const completes = event.key === "Tab" && !event.shiftKey && input.value && !isBegun && options.length;
    if ((event.key === "Enter" && place >= 0 && !isBegun) || completes) {
      event.preventDefault();
      take(input, options[Math.max(place, 0)]);
    }
  }

  function complete(event) {
    event.preventDefault(); // the box keeps the focus
    const input = event.currentTarget.closest("form").querySelector("input");
    take(input, event.currentTarget);
    input.focus();
  }

  function command(event, emit) {
    event.preventDefault();
    const input = event.target.querySelector("input");
    if (!input.value.trim()) return;
    if (!isConnected()) return toast(NOT_CONNECTED);
    emit(input.value);
    input.value = "";
    unsuggest(input);
  }

  // a slash leads to the commands, unless somebody writes
  function slash(event) {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select, [contenteditable], dialog[open]")) return;
    const input = document.querySelector(".command-text");
    if (!input?.checkVisibility()) return;
    event.preventDefault();
    input.focus();
    if (!input.value) input.value = "/";
    suggest(input);
  }

  // --- focus -----------------------------------------------------------------------------------------------------

  // What the server draws anew takes the focus with it. Then it goes to what now stands there instead: the same thing,
  // else the one in its place.
  const CAN_HAVE_FOCUS = "button, input, select, textarea, a[href], summary, [tabindex='0']";
  let held = null;

  const focusable = (within) => [...within.querySelectorAll(CAN_HAVE_FOCUS)].filter((one) => one.checkVisibility());
  const nameOf = (element) => element.dataset.ticket ?? `${element.tagName} ${element.ariaLabel ?? element.innerText}`;

  function hold(element) {
    const around = [];
    for (let outer = element.parentElement; outer; outer = outer.parentElement) {
      around.push([outer, focusable(outer).indexOf(element)]);
      if (outer.matches("dialog, .panel, .top, body")) break;
    }
    held = { element, name: nameOf(element), around };
  }

  function regain(lost) {
    if (!lost) return;
    if (lost.element.isConnected) return lost.element.focus();
    for (const [outer, place] of lost.around) {
      const others = outer.isConnected ? focusable(outer) : [];
      if (!others.length) continue;
      const same = others.find((one) => nameOf(one) === lost.name);
      (same ?? others[Math.min(Math.max(place, 0), others.length - 1)]).focus({ preventScroll: true });
      return;
    }
  }

  const isLost = () => held && !held.element.isConnected && document.activeElement === document.body;

  // --- lists -----------------------------------------------------------------------------------------------------

  const toEnd = (list) => (list.scrollTop = list.scrollHeight);
  const isAtEnd = (list) => list.scrollHeight - list.scrollTop - list.clientHeight < 80;

  // A list that was read to its end stays there when something is added, or when a picture in it has loaded. Only
  // scrolling up counts as leaving: the browser tells of a scroll late, when more may have been added already.
  function stick(list) {
    if (list.sticks) return;
    list.sticks = true;
    let last = 0;
    list.atEnd = true;
    list.addEventListener(
      "scroll",
      () => {
        if (isAtEnd(list)) {
          list.atEnd = true;
          delete list.dataset.newer;
        } else if (list.scrollTop < last - 1) list.atEnd = false;
        last = list.scrollTop;
      },
      { passive: true },
    );
    const follow = () => list.atEnd && toEnd(list);
    const sizes = new ResizeObserver(follow);
    for (const part of [list, ...list.children]) sizes.observe(part);
    new MutationObserver((changes) => {
      follow();
      // a new row, not one drawn anew: lists hold rows of their own, children of the list's first parts
      const isNew = changes.some((one) => one.addedNodes.length && one.target.parentElement === list);
      if (isNew && !list.atEnd) list.dataset.newer = "true";
    }).observe(list, { childList: true, subtree: true, characterData: true });
    toEnd(list);
  }

  function end(id) {
    const list = document.getElementById(id);
    if (!list) return;
    list.atEnd = true;
    delete list.dataset.newer;
    toEnd(list);
  }

  // the ticket whose thread is shown may stand further down
  const reveal = () => document.querySelector(".row.chosen")?.scrollIntoView({ block: "nearest" });

  // what was just answered may stand below what was before
  const answered = () => document.querySelector(".answer:last-child")?.scrollIntoView({ block: "start" });

  const newest = (button) => end(button.closest("[data-stick]").id);

  // arrow keys walk through a list of buttons
  function walk(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const items = [...event.currentTarget.querySelectorAll("[data-item]")];
    const place = items.indexOf(document.activeElement.closest("[data-item]")) + step;
    const next = place < 0 ? event.currentTarget.closest("dialog")?.querySelector("[data-first]") : items[place];
    if (!next) return;
    event.preventDefault();
    next.focus();
  }

  // from a search: down into what it found, Enter takes the first of it, Esc leaves
  function seek(event, emit) {
    if (event.isComposing) return;
    const dialog = event.target.closest("dialog");
    const does = {
      ArrowDown: () => dialog.querySelector("[data-item]")?.focus(),
      Enter: () => emit(event.target.value),
      Escape: () => dialog.close(),
    }[event.key];
    if (!does) return;
    event.preventDefault();
    does();
  }

  // a reply that can still be taken back: the seconds it says go down
  function count() {
    for (const line of document.querySelectorAll("[data-leaves]")) {
      line.seconds ??= Number(/\d+/.exec(line.textContent)?.[0] ?? 0);
      const left = Math.ceil((Date.parse(line.dataset.leaves) - Date.now()) / 1000);
      const told = line.textContent.replace(/\d+/, Math.max(0, Math.min(left, line.seconds)));
      if (told !== line.textContent) line.textContent = told;
    }
  }

  // --- the page --------------------------------------------------------------------------------------------------

  // The address says what is shown, so that a reload shows it again.
  const shown = new URLSearchParams(location.search);

  function show(what) {
    for (const [name, value] of Object.entries(what)) value ? shown.set(name, value) : shown.delete(name);
    history.replaceState(history.state, "", shown.size ? `?${shown}` : location.pathname);
  }

  const remembered = (what) => show(what);

  function side(name) {
    document.body.dataset.side = name;
    for (const button of document.querySelectorAll(".sides button"))
      button.setAttribute("aria-current", String(button.dataset.side === name));
    show({ side: name === "customer" ? "" : name });
  }

  // Where a thread covers the list of tickets, going back in the browser leaves it.
  const view = (name) => (document.body.dataset.view = name);

  function enter() {
    if (matchMedia("(max-width: 1120px)").matches && document.body.dataset.view !== "thread")
      history.pushState({ view: "thread" }, "");
    view("thread");
  }

  function leave() {
    if (history.state?.view === "thread") history.back();
    else view("list");
  }

  function returned(event) {
    view(event.state?.view ?? "list");
    show({});
  }

  const isDark = () =>
    (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) ===
    "dark";

  function theme() {
    const next = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    localStorage.setItem("shopdesk:theme", next);
  }

  function dress(root) {
    for (const list of root.querySelectorAll?.("[data-stick]") ?? []) stick(list);
    for (const form of root.querySelectorAll?.(".compose") ?? []) {
      if (form.dressed) continue;
      form.dressed = true;
      const area = text(form);
      area.value ||= sessionStorage.getItem(DRAFT + form.dataset.draft) ?? "";
      grow(area);
      showMode(form);
      giveBack(form);
      const ids = sessionStorage.getItem(FILES + form.dataset.draft);
      if (ids) form.dispatchEvent(new CustomEvent("restore", { detail: JSON.parse(ids) }));
    }
  }

  // the server cannot say that it is out of reach
  function look() {
    const link = isConnected() ? "live" : "lost";
    if (document.body.dataset.link === "live" && link === "lost")
      for (const form of document.querySelectorAll(".compose")) giveBack(form);
    document.body.dataset.link = link;
  }

  const saved = localStorage.getItem("shopdesk:theme");
  if (saved) document.documentElement.dataset.theme = saved;
  addEventListener("DOMContentLoaded", () => {
    side(shown.get("side") === "desk" ? "desk" : "customer");
    view(shown.has("ticket") ? "thread" : "list");
    addEventListener("popstate", returned);
    addEventListener("beforeunload", () => {
      isLeaving = true;
      setTimeout(() => (isLeaving = false), 3_000); // it stays after all: what was asked for was a file
    });
    new MutationObserver((changes) => {
      for (const change of changes)
        for (const added of change.addedNodes) if (added.parentElement) dress(added.parentElement);
      if (isLost()) regain(held);
    }).observe(document.body, { childList: true, subtree: true });
    addEventListener("focusin", (event) => hold(event.target));
    addEventListener("pointerdown", () => (held = null), true);
    addEventListener("keydown", slash);
    dress(document);
    setInterval(count, 250);
    setInterval(look, 250);
  });

  return {
    add, answered, attached, close, command, commandKey, complete, dialogKey, drop, edit, end, enter, forget, key, leave, mode, newest,
    open, paste, pick, picked, refused, remembered, reveal, seek, send, side, stopEditing, submit, suggest, taken, theme, toast, typed, unsuggest, walk,
  };
})();
