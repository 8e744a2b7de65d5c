#!/usr/bin/env node
// watch.mjs SLUG...: the price of each coin in dollars whenever it changes, until Ctrl-C.
//
// Listens to the daemon at $QUOTECACHE_SERVER, or at http://127.0.0.1:8466. A connection that is lost is
// taken up where it was, by Last-Event-ID. Exit status: 1 where trying again cannot help, 64 when no
// coin is named. Needs Node 18 or later and no package. In a page use EventSource, which does all this.
const server = process.env.QUOTECACHE_SERVER ?? "http://127.0.0.1:8466";
const silence = 45_000; // ms: the daemon says something each 15 s, so then the connection is dead

// An error that trying again cannot help.
class Hopeless extends Error {}

const state = { lastId: null, pause: 3_000 }; // ms before the next connection; the daemon says how many

// What the daemon says of an error: its answer is a problem document (RFC 9457).
async function detailOf(answer) {
  const problem = await answer.json().catch(() => null);
  return problem?.detail ?? `${server} answers ${answer.status} ${answer.statusText}`;
}

async function* linesOf(body, heard) {
  let rest = "";
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    heard();
    const lines = (rest + text).split("\n");
    rest = lines.pop();
    yield* lines;
  }
}

// Until the connection ends. An event that is cut off in the middle is none.
async function* eventsOf(lines) {
  let event = { name: "message", data: "" };
  for await (const line of lines) {
    const [, field, value] = line.match(/^([^:]*):? ?(.*)$/s);
    if (field === "id") event.id = value;
    else if (field === "event") event.name = value;
    else if (field === "data") event.data += value;
    else if (field === "retry") state.pause = Number(value);
    else if (line === "") {
      if (event.data !== "") yield { name: event.name, data: JSON.parse(event.data) };
      state.lastId = event.id ?? state.lastId;
      event = { name: "message", data: "" };
    }
  }
}

function show({ name, data }) {
  if (name === "quote" && data.price !== null) console.log(`${data.slug} ${data.price} ${data.convert}`);
  if (name === "gone") console.error(`watch.mjs: nothing is known of ${data.id} any more`);
  if (name === "lists") for (const one of data.missing) console.error(`watch.mjs: ${one.asked} does not exist`);
  // `snapshot`: all rows follow. A program that keeps rows forgets those it has.
}

// One connection, from its request to its end.
async function listen(url, connected) {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(new Error("the connection is silent")), silence);
  try {
    const headers = state.lastId === null ? {} : { "Last-Event-ID": state.lastId };
    const answer = await fetch(url, { headers, signal: abort.signal });
    if ([429, 502, 503, 504].includes(answer.status)) {
      state.pause = Math.max(state.pause, 1_000 * Number(answer.headers.get("Retry-After")));
      throw new Error(await detailOf(answer));
    }
    if (!answer.ok) throw new Hopeless(await detailOf(answer));
    connected();
    for await (const event of eventsOf(linesOf(answer.body, () => timer.refresh()))) show(event);
    throw new Error("the connection was closed");
  } finally {
    clearTimeout(timer);
  }
}

async function watch(slugs) {
  const url = `${server}/quotes/stream?${new URLSearchParams({ slugs: slugs.join(","), convert: "USD" })}`;
  let wasConnected = false;
  for (;;) {
    try {
      await listen(url, () => (wasConnected = true));
    } catch (error) {
      if (error instanceof Hopeless) throw error;
      const why = error.cause?.message ?? error.message;
      // More likely a wrong address than a daemon that is away.
      if (!wasConnected && error.cause) throw new Hopeless(`cannot reach ${server}: ${why}`);
      console.error(`watch.mjs: ${why}; again in ${state.pause / 1_000} s`);
    }
    await new Promise((resolve) => setTimeout(resolve, state.pause));
  }
}

const slugs = process.argv.slice(2);
if (slugs.length === 0) {
  console.error("usage: watch.mjs SLUG...");
  process.exitCode = 64;
} else {
  await watch(slugs).catch((error) => {
    console.error(`watch.mjs: ${error.message}`);
    process.exitCode = 1;
  });
}
