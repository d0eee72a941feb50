import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { alice, bytes, newBucket, newFiles, ok, refused, stored } from './client.mjs'

const TEXT = 'näive text'
const BYTES = new TextEncoder().encode(TEXT)

const BODIES = {
  'a Buffer': () => Buffer.from(TEXT),
  'a Uint8Array': () => BYTES,
  'a part of a Uint8Array': () => new Uint8Array([...BYTES, 0]).subarray(0, BYTES.length),
  'an ArrayBuffer': () => BYTES.buffer,
  'a DataView': () => new DataView(BYTES.buffer),
  'a ReadableStream': () => new Response(TEXT).body,
  'a stream of Node': () => Readable.from([BYTES.subarray(0, 3), BYTES.subarray(3)]),
  'a string': () => TEXT
}

for (const [kind, body] of Object.entries(BODIES)) {
  test(`${kind} is uploaded`, async () => {
    const files = await newFiles()
    const uploaded = ok(await files.upload('folder/a.txt', body()))

    assert.equal(uploaded.path, 'folder/a.txt')
    assert.equal(uploaded.fullPath, `${files.bucketId}/folder/a.txt`)
    assert.equal(uploaded.id, ok(await files.info('folder/a.txt')).id)
    assert.equal(await stored(files, 'folder/a.txt'), TEXT)
  })

  test(`${kind} updates a file`, async () => {
    const files = await newFiles()
    const { id } = ok(await files.upload('a.txt', 'as it was'))

    assert.equal(ok(await files.update('a.txt', body())).id, id)
    assert.equal(await stored(files, 'a.txt'), TEXT)
  })
}

test('URLSearchParams are uploaded as their text', async () => {
  const files = await newFiles()
  ok(await files.upload('a.txt', new URLSearchParams({ a: '1', b: 'ä ö' })))
  assert.equal(await stored(files, 'a.txt'), 'a=1&b=%C3%A4+%C3%B6')
})

test('a plain object is uploaded as JSON', async () => {
  const files = await newFiles()
  ok(await files.upload('a.json', { a: [1, null] }, { contentType: 'application/json' }))
  assert.equal(await stored(files, 'a.json'), '{"a":[1,null]}')
  assert.equal(ok(await files.info('a.json')).contentType, 'application/json')
})

test('a file of 0 bytes is a file', async () => {
  const files = await newFiles()
  for (const [path, body] of Object.entries({ string: '', buffer: Buffer.alloc(0), stream: Readable.from([]) })) {
    ok(await files.upload(path, body))
    assert.equal(ok(await files.info(path)).size, 0)
    assert.equal((await bytes(ok(await files.download(path)))).length, 0)
  }
})

test('type, cache control and metadata are kept', async () => {
  const files = await newFiles()
  const metadata = { tags: ['a', { deep: { er: null } }], 'ключ': '値', number: 1.5, yes: true }
  ok(await files.upload('a', 'a', { contentType: 'text/css', cacheControl: '60', contentEncoding: 'br', metadata }))

  const info = ok(await files.info('a'))
  assert.equal(info.contentType, 'text/css')
  assert.equal(info.cacheControl, 'max-age=60')
  assert.equal(info.contentEncoding, 'br')
  assert.deepEqual(info.metadata, metadata)
})

test('what the client says by default is kept', async () => {
  const files = await newFiles()
  ok(await files.upload('a', 'a'))

  const info = ok(await files.info('a'))
  assert.equal(info.contentType, 'text/plain;charset=UTF-8')
  assert.equal(info.cacheControl, 'max-age=3600')
  assert.equal(info.contentEncoding, null)
  assert.equal(info.metadata, null)
})

test('an upload over a file is a duplicate, unless it is an upsert', async () => {
  const files = await newFiles()
  const { id } = ok(await files.upload('a.txt', 'first'))

  refused(await files.upload('a.txt', 'second'), 409, 'KeyAlreadyExists', 'The resource already exists')
  assert.equal(await stored(files, 'a.txt'), 'first')
  assert.equal(ok(await files.upload('a.txt', 'third', { upsert: true })).id, id)
  assert.equal(await stored(files, 'a.txt'), 'third')
})

test('an update replaces, though the clients of Dart and Kotlin call it no upsert', async () => {
  const files = await newFiles()
  ok(await files.upload('a.txt', 'first'))
  ok(await files.update('a.txt', 'second', { headers: { 'x-upsert': 'false' } }))
  assert.equal(await stored(files, 'a.txt'), 'second')
})

test('further headers are sent along', async () => {
  const files = await newFiles()
  refused(await files.upload('a', 'a', { headers: { 'Content-MD5': 'AAAAAAAAAAAAAAAAAAAAAA==' } }), 400, 'BadDigest')
})

test('a file beyond the limit of its bucket is too large', async () => {
  const files = await newFiles({ public: false, fileSizeLimit: 3 })
  ok(await files.upload('a', 'abc'))
  for (const body of ['abcd', new Response('abcd').body]) {
    refused(await files.upload('b', body), 413, 'EntityTooLarge', 'The object exceeded the maximum allowed size')
  }
})

test('a type that the bucket does not allow is refused', async () => {
  const files = await newFiles({ public: false, allowedMimeTypes: ['image/*'] })
  ok(await files.upload('a', 'a', { contentType: 'image/png' }))
  refused(
    await files.upload('b', 'b', { contentType: 'text/html' }), 415, 'InvalidMimeType', 'mime type text/html is not supported')
})

test('an upload into a missing bucket is refused', async () => {
  refused(await alice.from('js-none').upload('a', 'a'), 404, 'NoSuchBucket', 'Bucket not found')
})

test('many uploads at once are all kept', async () => {
  const files = alice.from(await newBucket())
  const paths = Array.from({ length: 20 }, (_, i) => `many/${i}`)
  const results = await Promise.all(paths.map((path) => files.upload(path, path)))

  results.forEach(ok)
  assert.deepEqual(await Promise.all(paths.map((path) => stored(files, path))), paths)
})
