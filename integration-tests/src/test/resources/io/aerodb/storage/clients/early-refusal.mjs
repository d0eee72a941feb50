// node early-refusal.mjs fetch|http BYTES CASES
// Sends all requests of CASES, a JSON array, at once, each with so many bytes. Prints by name what was answered.
import http from 'node:http';

const [kind, bytes, cases] = process.argv.slice(2);
const chunk = new Uint8Array(64 * 1024);
const chunks = Number(bytes) / chunk.length;

async function byFetch({ url, headers, framing }) {
  const response = await fetch(url, { method: 'POST', headers, body: body(framing), duplex: 'half' });
  return [response.status, await response.text()];
}

function body(framing) {
  if (framing === 'CHUNKED') {
    return stream();
  }
  const file = new Blob(Array(chunks).fill(chunk));
  if (framing === 'LENGTH') {
    return file;
  }
  const form = new FormData();
  form.append('', file);
  return form;
}

function stream() {
  let left = chunks;
  return new ReadableStream({
    pull: (sink) => (left-- > 0 ? sink.enqueue(chunk.slice()) : sink.close()),
  });
}

function byHttp({ url, headers, framing }) {
  const length = framing === 'LENGTH' ? { 'content-length': bytes } : {};
  return new Promise((answered, failed) => {
    const request = http.request(url, { method: 'POST', headers: { ...headers, ...length } });
    request.on('error', failed);
    request.on('response', (response) => {
      let text = '';
      response.on('error', failed);
      response.on('data', (data) => (text += data));
      response.on('end', () => answered([response.statusCode, text]));
    });
    write(request, chunks);
  });
}

function write(request, left) {
  for (; left > 0; left--) {
    if (!request.write(chunk)) {
      return request.once('drain', () => write(request, left - 1));
    }
  }
  request.end();
}

async function answer(request) {
  try {
    const [status, text] = await (kind === 'fetch' ? byFetch : byHttp)(request);
    return [request.name, `${status} ${JSON.parse(text).code}`];
  } catch (failure) {
    return [request.name, `${failure} ${failure.cause ?? ''}`];
  }
}

const answers = await Promise.all(JSON.parse(cases).map(answer));
console.log(JSON.stringify(Object.fromEntries(answers)));
process.exit(0);
