// The round trip, which Artillery's WebSocket engine does not measure by itself.
module.exports = {
  before(context, events, done) {
    context.vars.since = performance.now();
    done();
  },
  after(context, events, done) {
    events.emit("histogram", "round_trip", performance.now() - context.vars.since);
    done();
  },
};
