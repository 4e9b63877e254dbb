// What the agent knows, as a fold over `ready` and the dispatch log (contract/asyncapi.yaml). Pure: no DOM, no network.

export function fresh(ready) {
  const state = { agent: ready.agent_id, capacity: ready.capacity, availability: ready.availability, held: new Map(), waiting: new Map() };
  for (const each of ready.conversations) state.held.set(each.conversation_id, opened(each));
  return state;
}

export function fold(state, kind, d) {
  const held = state.held.get(d.conversation_id);
  switch (kind) {
    case "conversation.assigned":
      state.held.set(d.conversation_id, { ...opened(d), messages: held?.messages ?? [], new: true });
      state.waiting.delete(d.conversation_id);
      break;
    case "conversation.transferred":
    case "conversation.resolved":
      state.held.delete(d.conversation_id);
      break;
    case "conversation.updated":
      if (held) Object.assign(held, { priority: d.priority, tags: d.tags, state: d.state, version: d.version });
      break;
    case "message.created":
    case "message.blocked":
      if (held) put(held, { ...d, blocked: kind === "message.blocked", status: d.status ?? (d.sender === "customer" ? "received" : "pending") });
      break;
    case "message.updated":
      change(held, d.message_id, (message) => Object.assign(message, { status: d.status, reason: d.reason }));
      break;
    case "message.recalled":
      change(held, d.message_id, (message) => Object.assign(message, { status: "recalled", text: null }));
      break;
    case "conversation.read":
      if (held) held.read = Math.max(held.read, d.seq); // on another device, or by whoever had it before
      break;
    case "tier.warning":
    case "tier.breached":
      if (held) held.tier = kind.slice(5);
      break;
    case "queue.position":
      state.waiting.set(d.conversation_id, d.position);
      break;
    case "agent.availability":
      if (d.agent_id === state.agent) Object.assign(state, { availability: d.availability, capacity: d.capacity });
      break;
  }
}

// Since when a customer waits for a person, Unix seconds; null where nobody does.
export function waitsSince(held) {
  let since = null;
  for (const message of held.messages) {
    if (message.sender === "customer") since ??= message.created_at;
    else if (message.sender === "agent" && !message.private) since = null;
  }
  return since;
}

export function unread(held) {
  return held.messages.filter((message) => message.sender === "customer" && message.seq > held.read).length;
}

export function fill(held, messages) {
  for (const message of messages) put(held, message);
}

function opened(d) {
  return { id: d.conversation_id, customer: d.customer, priority: d.priority ?? "normal", tags: d.tags ?? [], grade: d.customer.grade, version: d.version, messages: [], read: d.read_to, tier: "" };
}

function put(held, message) {
  const at = held.messages.findIndex((each) => each.seq >= message.seq);
  if (at < 0) held.messages.push(message);
  else if (held.messages[at].seq === message.seq) held.messages[at] = message;
  else held.messages.splice(at, 0, message);
  if (message.sender === "agent") held.tier = "";
}

function change(held, id, by) {
  const message = held?.messages.find((each) => each.message_id === id);
  if (message) by(message);
}
