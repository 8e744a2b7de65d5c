#!/usr/bin/env node
// prices.mjs SLUG...: the price of each coin in dollars, one a line.
//
// Asks the daemon at $QUOTECACHE_SERVER, or at http://127.0.0.1:8466. Exit status: 0 with a price for
// each coin, 1 without, 64 when no coin is named. Needs Node 18 or later and no package.
const server = process.env.QUOTECACHE_SERVER ?? "http://127.0.0.1:8466";

// What the daemon says of an error: its answer is a problem document (RFC 9457).
async function detailOf(answer) {
  const problem = await answer.json().catch(() => null);
  return problem?.detail ?? `${server} answers ${answer.status} ${answer.statusText}`;
}

async function quotes(slugs) {
  const query = new URLSearchParams({ slugs: slugs.join(","), convert: "USD" });
  let answer;
  try {
    answer = await fetch(`${server}/quotes?${query}`, { signal: AbortSignal.timeout(30_000) });
  } catch (error) {
    throw new Error(`cannot reach ${server}: ${error.cause?.message ?? error.message}`);
  }
  if (!answer.ok) throw new Error(await detailOf(answer));
  return answer.json(); // prices become doubles; ask with format=csv where every digit counts
}

async function main(slugs) {
  if (slugs.length === 0) {
    console.error("usage: prices.mjs SLUG...");
    return 64;
  }
  const answer = await quotes(slugs);
  const lacking = answer.missing.map((one) => `${one.asked} does not exist`);
  for (const one of answer.unavailable ?? []) lacking.push(`${one.asked} ${one.code}`);
  for (const row of answer.quotes) {
    if (row.price === null) {
      lacking.push(`${row.slug} has no price`);
      continue;
    }
    const age = row.stale ? ` (stale: ${row.age} s old)` : "";
    console.log(`${row.slug} ${row.price} ${row.convert}${age}`);
  }
  for (const why of lacking) console.error(`prices.mjs: ${why}`);
  return lacking.length === 0 ? 0 : 1;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(`prices.mjs: ${error.message}`);
  process.exitCode = 1;
}
