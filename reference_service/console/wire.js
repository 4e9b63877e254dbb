// The service as the console reaches it: HTTP with a bearer token, and one WebSocket that comes back by itself.
const BASE = "/api/v1";

export class Refused extends Error {
  constructor(status, code) {
    super(code);
    this.status = status;
  }
}

export class Service {
  token = "";

  async call(method, path, body) {
    const headers = { Authorization: `Bearer ${this.token}` };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const answer = await fetch(BASE + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    const told = answer.headers.get("content-type")?.includes("json") ? await answer.json() : {};
    if (!answer.ok) throw new Refused(answer.status, told.code ?? String(answer.status));
    return told;
  }

  async signIn(login, password) {
    const told = await this.call("POST", "/auth/login", { login, password });
    this.token = told.access_token;
    this.refresh = told.refresh_token;
    return told;
  }

  async renew() {
    const told = await this.call("POST", "/auth/refresh", { refresh_token: this.refresh });
    this.token = told.access_token;
    this.refresh = told.refresh_token;
  }

  async messages(conversation, after) {
    const found = [];
    do {
      const page = await this.call("GET", `/conversations/${encodeURIComponent(conversation)}/messages?after=${after}&limit=500`);
      found.push(...page.items);
      after = page.next;
    } while (after !== null);
    return found;
  }
}

// `heard` gets every frame; `ended` says why it is over for good. A cut connection resumes where it was.
export class Line {
  #session = "";
  #s = 0;
  #failures = 0;
  #asked = new Map();

  constructor(service, device, heard, state, ended) {
    Object.assign(this, { service, device, heard, state, ended, open: false, over: false });
    this.#connect();
  }

  say(op, d) {
    if (this.open) this.socket.send(JSON.stringify({ op, d }));
    return this.open;
  }

  // A frame that is answered by `sent` or `error`; resolves with the code of a refusal, "" where it was taken.
  ask(op, d) {
    return new Promise((done) => {
      this.#asked.set(d.client_msg_id, done);
      if (!this.say(op, d)) this.#answer(d.client_msg_id, "cut");
    });
  }

  close() {
    this.over = true;
    this.socket.close(1000);
  }

  #connect() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    this.socket = new WebSocket(`${scheme}//${location.host}${BASE}/ws`);
    this.socket.onmessage = (event) => this.#frame(JSON.parse(event.data));
    this.socket.onclose = (event) => this.#cut(event.code);
  }

  #frame(frame) {
    const { op, d } = frame;
    if (op === "hello") {
      this.#beat(d.heartbeat_s);
      const token = this.service.token;
      this.open = true;
      if (this.#session) this.say("resume", { token, session_id: this.#session, s: this.#s });
      else this.say("identify", { token, device_id: this.device });
    } else if (op === "invalid_session") {
      this.#session = "";
      this.say("identify", { token: this.service.token, device_id: this.device });
    } else if (op === "ready") {
      [this.#session, this.#s, this.#failures] = [d.session_id, d.s, 0];
      this.state(true);
      this.heard(frame);
    } else if (op === "resumed") {
      this.#failures = 0;
      this.state(true);
    } else if (op === "dispatch") {
      this.#s = frame.s;
      this.heard(frame);
      this.say("ack", { s: frame.s });
    } else if (op === "sent" || op === "error") {
      this.#answer(d.client_msg_id, op === "sent" ? "" : d.code);
    }
  }

  #answer(id, code) {
    this.#asked.get(id)?.(code);
    this.#asked.delete(id);
  }

  #beat(every_s) {
    clearInterval(this.beating);
    this.beating = setInterval(() => this.say("heartbeat", { s: this.#s }), (every_s * 1000) / 2);
  }

  async #cut(code) {
    this.open = false;
    clearInterval(this.beating);
    for (const id of [...this.#asked.keys()]) this.#answer(id, "cut");
    if (this.over) return;
    if (code === 4003) return this.ended("replaced");
    this.state(false);
    if (code === 4001) {
      try {
        await this.service.renew();
      } catch (error) {
        if (error instanceof Refused && error.status === 401) return this.ended("expired");
      }
    }
    const pause = Math.min(5000, 250 * 2 ** this.#failures) * (0.5 + Math.random() / 2);
    this.#failures = Math.min(this.#failures + 1, 10);
    setTimeout(() => this.over || this.#connect(), pause);
  }
}
