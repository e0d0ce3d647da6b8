// What the console page does in the browser alone: text boxes, scrolling, theme. Everything else comes from the server.
"use strict";

const desk = (() => {
  const DRAFT = "shopdesk:draft:";
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
    if (!form) return;
    showMode(form);
    remember(form.dataset.draft, area.value);
  }

  function remember(name, value) {
    if (value) sessionStorage.setItem(DRAFT + name, value);
    else sessionStorage.removeItem(DRAFT + name);
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

  function write(id, value) {
    const area = document.getElementById(id);
    if (!area) return;
    area.value = value;
    typed(area);
    area.focus();
    area.setSelectionRange(value.length, value.length);
  }

  function key(event, emit) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      send(event.target, emit);
    }
  }

  async function send(element, emit) {
    const form = box(element);
    await form.uploads;
    const area = text(form);
    const value = area.value;
    if (!value.trim() && !form.querySelector(".chip")) return;
    // a reply without words: the desk says so, the box keeps what stands in it
    const isBare = value.trim() === form.dataset.prefix && !form.querySelector(".chip");
    if (!isBare) area.value = "";
    typed(area);
    for (const list of document.querySelectorAll("[data-stick]")) if (list.parentElement.contains(form)) end(list.id);
    emit(value);
    area.focus();
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
    const before = form.uploads ?? Promise.resolve();
    form.uploads = before.then(async () => {
      for (const file of files) emit(await uploadOne(file, Number(form.dataset.largest)));
      await new Promise((resolve) => setTimeout(resolve, 50)); // the chips arrive before what is sent with them
    });
  }

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
      return { error: `${file.name} could not be uploaded.` };
    }
  }

  // --- dialogs ---------------------------------------------------------------------------------------------------

  function open(id) {
    const dialog = document.getElementById(id);
    if (!dialog || dialog.open) return;
    const opener = held;
    dialog.showModal();
    dialog.addEventListener("close", () => regain(opener));
    for (const field of dialog.querySelectorAll("[data-initial]")) field.value = field.dataset.initial;
    for (const area of dialog.querySelectorAll("textarea")) grow(area);
    dialog.querySelector("[data-first]")?.focus();
  }

  function submit(event, emit) {
    event.preventDefault();
    const form = event.target;
    if (!form.reportValidity()) return;
    emit(Object.fromEntries(new FormData(form)));
    form.closest("dialog").close();
  }

  const close = (element) => element.closest("dialog").close();

  function dialogKey(event) {
    if (event.key !== "Enter" || event.isComposing || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.target.form.requestSubmit();
  }

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
        if (isAtEnd(list)) list.atEnd = true;
        else if (list.scrollTop < last - 1) list.atEnd = false;
        last = list.scrollTop;
      },
      { passive: true },
    );
    const follow = () => list.atEnd && toEnd(list);
    const sizes = new ResizeObserver(follow);
    for (const part of [list, ...list.children]) sizes.observe(part);
    new MutationObserver(follow).observe(list, { childList: true, subtree: true, characterData: true });
    toEnd(list);
  }

  function end(id) {
    const list = document.getElementById(id);
    if (!list) return;
    list.atEnd = true;
    toEnd(list);
  }

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

  function side(name) {
    document.body.dataset.side = name;
    for (const button of document.querySelectorAll(".sides button"))
      button.setAttribute("aria-current", String(button.dataset.side === name));
  }

  const view = (name) => (document.body.dataset.view = name);

  const isDark = () =>
    (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) ===
  // --- focus -----------------------------------------------------------------------------------------------------

  // What the server draws anew takes the focus with it. Then it goes to what now stands there instead: the same thing,
  // else the one in its place.
  const CAN_HAVE_FOCUS = "button, input, textarea, a[href], summary, [tabindex='0']";
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

    "dark";

  function theme() {
    const next = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    localStorage.setItem("shopdesk:theme", next);
  }

  function remembered(chat, ticket) {
    const query = new URLSearchParams();
    if (chat) query.set("chat", chat);
    if (ticket) query.set("ticket", ticket);
    history.replaceState(null, "", `${location.pathname}?${query}`);
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
    }
  }

  const saved = localStorage.getItem("shopdesk:theme");
  if (saved) document.documentElement.dataset.theme = saved;
  addEventListener("DOMContentLoaded", () => {
    side("customer");
    view(new URLSearchParams(location.search).has("ticket") ? "thread" : "list");
    new MutationObserver((changes) => {
      for (const change of changes)
        for (const added of change.addedNodes) if (added.parentElement) dress(added.parentElement);
    }).observe(document.body, { childList: true, subtree: true });
    dress(document);
    setInterval(count, 250);
  });

  return {
    close, dialogKey, drop, end, key, mode, open, paste, pick, picked, remembered, seek, send, side, submit, theme, typed, view,
    walk, write,
  };
})();
      if (isLost()) regain(held);
    addEventListener("focusin", (event) => hold(event.target));
    addEventListener("pointerdown", () => (held = null), true);
