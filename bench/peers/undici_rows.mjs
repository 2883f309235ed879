// undici_rows.mjs URL AUTHORITY ROWS_FILE ROWS LOG: PUTs each row, checks status and uuid, writes a line a row.
import { createReadStream, createWriteStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Pool } from 'undici';

const [url, authority, rowsFile, rows, logFile] = process.argv.slice(2);
const connections = 8;
const pipelining = 16;
const path = '/svc/payment/api/v1/openapi/customers/';
const headers = { accept: 'application/json', 'content-type': 'application/json' };
const form = /^([^,]+),"([^"]*)",([^,]*),([^,]*),([^,]*),([^,]*),([^,]*)$/;

const pool = new Pool(url, { connections, pipelining, connect: { ca: readFileSync(authority) } });
const log = createWriteStream(logFile);
let succeeded = 0;
let failed = 0;

async function update(line) {
  const [, id, name, phone, email, dial_code, company_name, default_payment_method] = form.exec(line);
  const body = JSON.stringify({ name, phone, email, dial_code, company_name, default_payment_method });
  // Without `idempotent` a request waits until its connection has nothing unanswered.
  const answer = await pool.request({ method: 'PUT', path: path + id, headers, body, idempotent: true });
  const good = answer.statusCode === 200 && (await answer.body.json()).data.customer.uuid === id;
  good ? succeeded++ : failed++;
  log.write(`${JSON.stringify({ id, status: good ? 'success' : 'failed', http: answer.statusCode })}\n`);
}

const lines = createInterface({ input: createReadStream(rowsFile), crlfDelay: Infinity })[Symbol.asyncIterator]();
await lines.next();
let left = Number(rows);

async function work() {
  while (left-- > 0) {
    const { value, done } = await lines.next();
    if (done) return;
    await update(value);
  }
}

await Promise.all(Array.from({ length: connections * pipelining * 2 }, work));
await pool.close();
await new Promise((resolve) => log.end(resolve));
console.log(`requests ${succeeded}\nfailed ${failed}`);
