// The agent's desk: draws the state that state.js folds, and sends what the agent does.
import { fill, fold, fresh, unread, waitsSince } from "./state.js";
import { Line, Refused, Service } from "./wire.js";
import { known, label, word } from "./words.js";

const TIERS = [["slow", 30], ["late", 180], ["over", 300]]; // R3.1: 30 s, 3 min, 5 min
const service = new Service();
const at = (id) => document.getElementById(id);
let state = null;
let line = null;
let chosen = "";

label(document);
at("sign-in").hidden = false;

function node(tag, classes, text) {
  const made = document.createElement(tag);
  made.className = classes;
  made.textContent = text; // never markup: whatever a customer writes stays text
  return made;
}

// Signing in and out

at("sign-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = new FormData(event.target);
  try {
    const me = await service.signIn(form.get("login"), form.get("password"));
    if (me.role === "admin") return trouble("sign-in", "not_a_desk");
    trouble("sign-in", "");
    event.target.reset();
    begin(me);
  } catch (error) {
    if (!(error instanceof Refused)) return trouble("sign-in", "unreachable");
    trouble("sign-in", error.status === 401 ? "wrong_login" : error.message);
  }
});

function begin(me) {
  const device = localStorage.getItem("device") ?? `console-${crypto.randomUUID().slice(0, 8)}`;
  localStorage.setItem("device", device);
  at("me").textContent = me.id;
  at("sign-in").hidden = true;
  at("desk").hidden = false;
  line = new Line(service, device, heard, connected, end);
}

function end(why) {
  line?.close();
  [state, line, chosen] = [null, null, ""];
  service.token = "";
  at("desk").hidden = true;
  at("sign-in").hidden = false;
  trouble("sign-in", why);
}

at("leave").addEventListener("click", () => end(""));

function connected(yes) {
  at("line").textContent = word(yes ? "connected" : "cut");
  at("line").classList.toggle("cut", !yes);
}

function trouble(form, code) {
  const text = code && (known(code) ? word(code) : word("refused", code));
  at(form).querySelector(".trouble").textContent = text;
}

// What the service tells

function heard(frame) {
  if (frame.op === "ready") {
    state = fresh(frame.d);
    for (const held of state.held.values()) load(held);
    colleagues();
  } else {
    fold(state, frame.t, frame.d);
    const held = state.held.get(frame.d.conversation_id);
    if (frame.t === "conversation.assigned" && held) load(held);
  }
  draw();
}

async function load(held) {
  try {
    fill(held, await service.messages(held.id, 0));
  } catch {
    return; // what comes live is there; the next assignment asks again
  }
  draw();
}

async function colleagues() {
  const { items } = await service.call("GET", "/agents");
  const others = items.filter((each) => each.id !== state.agent && each.online);
  const options = [["", word("to_queue")], ...others.map((each) => [each.id, `${each.name} ${each.load}/${each.capacity}`])];
  at("colleagues").replaceChildren(...options.map(([value, text]) => Object.assign(node("option", "", text), { value })));
}

// What the agent does

at("reply").addEventListener("submit", async (event) => {
  event.preventDefault();
  const box = event.target.elements.text;
  const text = box.value;
  if (!text.trim() || !chosen) return;
  const code = await line.ask("send", { conversation_id: chosen, text, client_msg_id: crypto.randomUUID() });
  trouble("reply", code);
  if (!code && box.value === text) box.value = "";
});

at("reply").elements.text.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    at("reply").requestSubmit();
  }
});

at("resolve").addEventListener("click", async () => {
  const code = await line.ask("resolve", { conversation_id: chosen, client_msg_id: crypto.randomUUID() });
  trouble("reply", code);
});

at("transfer").addEventListener("click", () => act("POST", `/conversations/${encodeURIComponent(chosen)}/transfer`, { agent_id: at("colleagues").value || undefined, version: state.held.get(chosen)?.version }));
at("availability").addEventListener("change", (event) => act("POST", `/agents/${encodeURIComponent(state.agent)}/availability`, { availability: event.target.value }));

async function act(method, path, body) {
  try {
    await service.call(method, path, body);
    trouble("reply", "");
  } catch (error) {
    trouble("reply", error instanceof Refused ? error.message : "unreachable");
  }
  draw();
}

function choose(id) {
  chosen = id;
  trouble("reply", "");
  draw();
  colleagues();
  at("reply").elements.text.focus();
}

// Drawing

function draw() {
  if (!state) return;
  at("availability").value = state.availability;
  at("load").textContent = word("load", state.held.size, state.capacity);
  const held = [...state.held.values()].sort((a, b) => (waitsSince(a) ?? Infinity) - (waitsSince(b) ?? Infinity));
  const focused = document.activeElement?.dataset.id;
  at("conversations").replaceChildren(...held.map(entry));
  if (focused) at("conversations").querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
  at("queue").replaceChildren(...[...state.waiting].map(([id, position]) => wrapped(node("span", "", `${position}. ${id}`))));
  at("waiting").textContent = state.waiting.size;
  const current = state.held.get(chosen);
  at("conversation").hidden = !current;
  at("nothing").hidden = Boolean(current);
  if (current) talk(current);
}

function entry(held) {
  const button = node("button", "", "");
  button.type = "button";
  button.dataset.id = held.id;
  if (held.id === chosen) button.setAttribute("aria-current", "true");
  const last = held.messages.at(-1);
  button.append(node("span", "name", held.customer.nick || held.id), wait(held), node("span", "last", last ? said(last) : ""));
  const count = held.id === chosen ? 0 : unread(held);
  if (count) button.append(node("span", "unread", count));
  button.addEventListener("click", () => choose(held.id));
  return wrapped(button);
}

function wrapped(inner) {
  const item = document.createElement("li");
  item.append(inner);
  return item;
}

function wait(held) {
  const since = waitsSince(held);
  if (since === null) return node("span", "wait", "");
  const made = node("span", "", "");
  made.dataset.waits = held.id;
  const seconds = Math.max(0, Math.floor(now() - since));
  const tier = TIERS.findLast(([, from]) => seconds >= from)?.[0] ?? "";
  const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  made.className = `wait ${tier}`;
  made.textContent = word("waits", clock) + (held.tier === "breached" ? ` ${word("breached")}` : "");
  return made;
}

function talk(held) {
  at("customer").textContent = held.customer.nick || held.customer.open_id;
  const marks = [held.grade === "vip" ? "vip" : "", held.priority === "normal" ? "" : held.priority, ...held.tags].filter(Boolean);
  at("marks").replaceChildren(...marks.map((mark) => node("span", "mark", known(mark) ? word(mark) : mark)));
  at("tier").replaceChildren(wait(held));
  const list = at("messages");
  const below = list.scrollHeight - list.scrollTop - list.clientHeight < 60;
  list.replaceChildren(...held.messages.map(bubble));
  if (below) list.scrollTop = list.scrollHeight;
  const newest = held.messages.at(-1)?.seq ?? 0;
  if (newest > held.read && document.visibilityState === "visible") {
    held.read = newest;
    line?.say("read", { conversation_id: held.id, seq: newest });
  }
}

function bubble(message) {
  const item = node("li", [message.private ? "note" : message.sender, message.blocked ? "blocked" : "", message.status].join(" "), said(message));
  const facts = [new Date(message.created_at * 1000).toLocaleTimeString(document.documentElement.lang)];
  if (message.private) facts.push(word("note"));
  else if (message.sender === "bot" || message.sender === "system") facts.push(word(message.sender));
  if (message.late) facts.push(word("late"));
  if (message.masked) facts.push(word("masked"));
  const small = node("small", "", facts.join(" · "));
  if (["pending", "sent", "failed", "in_doubt"].includes(message.status)) small.append(" · ", node("span", message.status, word(message.status)));
  item.append(small);
  return item;
}

function said(message) {
  if (message.status === "recalled") return word("recalled_message");
  return message.blocked || message.text === null ? word("blocked_message") : message.text;
}

function now() {
  return Date.now() / 1000;
}

// Only the clocks move by themselves: what somebody reads or selects stays as it is.
setInterval(() => {
  for (const node of document.querySelectorAll("[data-waits]")) {
    const held = state?.held.get(node.dataset.waits);
    if (held) node.replaceWith(wait(held));
  }
}, 1000);
