// k6 plays customers against the gateway: a foreign WebSocket client, written from docs/gateway.md alone.
//
//   golive serve short                                                (in another terminal)
//   k6 run benchmarks/k6_customers.js                                 100 customers for 20 s
//   k6 run -e GATEWAY=http://127.0.0.1:8899 -e CUSTOMERS=100 -e SECONDS=20 -e SHOPS=s01,s02,s03 benchmarks/k6_customers.js
import { WebSocket } from "k6/experimental/websockets";
import { setInterval, clearInterval, setTimeout } from "k6/timers";
import { Counter, Trend } from "k6/metrics";

const gateway = (__ENV.GATEWAY || "http://127.0.0.1:8899").replace(/^http/, "ws") + "/customer";
const customers = Number(__ENV.CUSTOMERS || 100);
const seconds = Number(__ENV.SECONDS || 20);
const shops = (__ENV.SHOPS || "s01,s02,s03").split(",");
const every = Number(__ENV.EVERY || 2); // seconds between two messages of a customer
const patience = 5; // seconds in which answers may still come
const run = Date.now().toString(36); // a second run plays other customers

const sent = new Counter("customers_sent");
const accepted = new Counter("customers_accepted");
const unaccepted = new Counter("customers_unaccepted");
const received = new Counter("customers_received");
const again = new Counter("customers_received_twice");
const outOfOrder = new Counter("customers_received_out_of_order");
const refused = new Counter("customers_refused");
const cutOff = new Counter("customers_cut_off");
const accepting = new Trend("customers_accepting", true); // k6's clock has whole milliseconds

export const options = {
  scenarios: {
    customers: { executor: "per-vu-iterations", vus: customers, iterations: 1, maxDuration: `${seconds + 60}s` },
  },
  summaryTrendStats: ["count", "p(50)", "p(99)", "max"],
  thresholds: {
    customers_unaccepted: ["count==0"],
    customers_refused: ["count==0"],
    customers_received: ["count>0"],
    customers_received_twice: ["count==0"],
    customers_received_out_of_order: ["count==0"],
    customers_cut_off: ["count==0"],
  },
};

export default function () {
  for (const counter of [unaccepted, refused, again, outOfOrder, cutOff]) counter.add(0);
  setTimeout(play, (every * 1000 * (__VU - 1)) / customers);
}

function play() {
  const who = `k6-${run}-${__VU}`;
  const ws = new WebSocket(gateway);
  const open = {}; // own id -> when it was sent
  const seen = {}; // message ids of the replies
  let number = 0;
  let newest = 0;
  let timer = null;
  let left = false;
  const put = (frame) => ws.send(JSON.stringify(frame));

  const say = () => {
    number += 1;
    const id = `${who}-${number}`;
    open[id] = Date.now();
    put({ op: "send", id, text: `请问什么时候发货?第${number}次问` });
    sent.add(1);
  };
  const leave = () => {
    unaccepted.add(Object.keys(open).length);
    put({ op: "leave" });
    left = true;
  };

  const heard = {
    welcome: () => {
      say();
      timer = setInterval(say, every * 1000);
      setTimeout(() => clearInterval(timer), seconds * 1000);
      setTimeout(leave, (seconds + patience) * 1000);
    },
    accepted: (frame) => {
      accepted.add(1);
      accepting.add(Date.now() - open[frame.id]);
      delete open[frame.id];
    },
    busy: (frame) => setTimeout(() => put({ op: "send", id: frame.id, text: "请问什么时候发货?" }), frame.retry_s * 1000),
    receive: (frame) => {
      received.add(1);
      again.add(frame.message in seen ? 1 : 0);
      outOfOrder.add(frame.index < newest ? 1 : 0);
      seen[frame.message] = true;
      newest = Math.max(newest, frame.index);
      put({ op: "read", index: frame.index });
    },
    recalled: () => {},
    error: () => refused.add(1),
  };

  ws.onopen = () => put({ op: "hello", customer: who, shop: shops[__VU % shops.length], nick: "k6", after: 0 });
  ws.onmessage = (event) => {
    const frame = JSON.parse(event.data);
    heard[frame.op](frame);
  };
  ws.onclose = () => cutOff.add(left ? 0 : 1); // k6 does not tell the close code
  ws.onerror = () => cutOff.add(1);
}
