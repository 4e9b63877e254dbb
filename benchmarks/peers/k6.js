// k6 as a peer: each virtual user sends once a second over one WebSocket and takes the time of each echo.
import { WebSocket } from "k6/experimental/websockets";
import { setInterval, clearInterval, setTimeout } from "k6/timers";
import { Trend } from "k6/metrics";

const connections = Number(__ENV.CONNECTIONS);
const seconds = Number(__ENV.SECONDS);
const roundTrip = new Trend("round_trip", true); // k6's clock has whole milliseconds
const text = JSON.stringify({ op: "send", id: "c00017-4", text: "x".repeat(165) }); // 203 bytes

export const options = {
  scenarios: {
    echo: { executor: "per-vu-iterations", vus: connections, iterations: 1, maxDuration: "10m" },
  },
  summaryTrendStats: ["count", "p(50)", "p(99)", "max"],
};

export default function () {
  const phase = (__ENV.RAMP_S * 1000 * (__VU - 1)) / connections;
  setTimeout(play, phase);
}

function play() {
  const ws = new WebSocket(__ENV.URL);
  let since = 0;
  let left = seconds;
  const send = () => {
    since = Date.now();
    ws.send(text);
  };
  ws.onopen = () => {
    const timer = setInterval(send, 1000);
    ws.onmessage = () => {
      roundTrip.add(Date.now() - since);
      left -= 1;
      if (left === 0) {
        clearInterval(timer);
        ws.close();
      }
    };
  };
}
