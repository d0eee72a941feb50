import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alice, bob, bytes, newBucket, newFiles, nobody, ok, refused, stored } from './client.mjs'

test('a download has the type of its file', async () => {
  const files = await newFiles()
  ok(await files.upload('a.css', 'p {}', { contentType: 'text/css' }))

  const blob = ok(await files.download('a.css'))
  assert.equal(blob.type, 'text/css')
  assert.equal(await blob.text(), 'p {}')
})

test('a download is a stream for who wants one', async () => {
  const files = await newFiles()
  const content = Buffer.alloc(300_000, 'abc')
  ok(await files.upload('a', content))

  const chunks = []
  for await (const chunk of ok(await files.download('a').asStream())) {
    chunks.push(chunk)
  }
  assert.ok(Buffer.concat(chunks).equals(content))
})

test('a download passes over a nonce', async () => {
  const files = await newFiles()
  ok(await files.upload('a', 'a'))
  assert.equal(await ok(await files.download('a', { cacheNonce: '1' })).text(), 'a')
})

test('a download can be given up', async () => {
  const files = await newFiles()
  ok(await files.upload('a', 'a'))
  const { error } = await files.download('a', {}, { signal: AbortSignal.abort() })
  assert.equal(error.name, 'StorageUnknownError')
})

test('a file that is missing is not found', async () => {
  const files = await newFiles()
  for (const result of [
    await files.download('none'), await files.download('none').asStream(), await files.info('none')
  ]) {
    refused(result, 404, 'NoSuchKey', 'Object not found')
  }
})

test("another's file is neither shown nor told of", async () => {
  const name = await newBucket()
  ok(await alice.from(name).upload('a', 'a'))
  for (const path of ['a', 'none']) {
    refused(await bob.from(name).download(path), 403, 'AccessDenied')
    refused(await bob.from(name).info(path), 403, 'AccessDenied')
  }
})

test('info tells all of a file', async () => {
  const files = await newFiles()
  const { id } = ok(await files.upload('folder/a.txt', 'abc', { metadata: { someKey: 1 } }))

  const info = ok(await files.info('folder/a.txt'))
  assert.equal(info.id, id)
  assert.equal(info.name, 'folder/a.txt')
  assert.equal(info.bucketId, files.bucketId)
  assert.equal(info.size, 3)
  assert.match(info.version, /^[0-9a-f-]{36}$/)
  assert.match(info.etag, /^"[0-9a-f-]{36}"$/)
  assert.ok(Date.parse(info.createdAt) <= Date.parse(info.lastModified))
  assert.deepEqual(info.metadata, { someKey: 1 })
})

test('exists says yes', async () => {
  const files = await newFiles()
  ok(await files.upload('a', 'a'))
  assert.equal(ok(await files.exists('a')), true)
})

test('exists says no', async () => {
  const { data, error } = await (await newFiles()).exists('none')
  assert.equal(data, false)
  assert.equal(error.code, 'NoSuchKey')
})

test('exists throws when it may not know', async () => {
  const name = await newBucket()
  await assert.rejects(bob.from(name).exists('none'), { code: 'AccessDenied' })
  await assert.rejects(alice.from('js-none').exists('a'), { code: 'NoSuchBucket' })
})

test('older clients ask for the head', async () => {
  const files = await newFiles()
  ok(await files.upload('a', 'abc'))
  for (const address of [`${files.url}/object/${files.bucketId}`, `${files.url}/object/info/${files.bucketId}`]) {
    const found = await fetch(`${address}/a`, { method: 'HEAD', headers: files.headers })
    assert.equal(found.status, 200)
    assert.ok(found.headers.get('content-length') > 0)
    assert.ok(found.headers.get('etag'))
    const missing = await fetch(`${address}/none`, { method: 'HEAD', headers: files.headers })
    assert.ok([400, 404].includes(missing.status))
    assert.equal(await missing.text(), '')
  }
})

test('a public file is at its public URL', async () => {
  const files = await newFiles({ public: true })
  ok(await files.upload('my folder/ä.txt', 'open', { cacheControl: '60' }))

  const answer = await fetch(files.getPublicUrl('my folder/ä.txt').data.publicUrl)
  assert.equal(answer.status, 200)
  assert.equal(answer.headers.get('cache-control'), 'max-age=60')
  assert.equal(answer.headers.get('content-disposition'), null)
  assert.equal(await answer.text(), 'open')
})

test('a public URL makes a download', async () => {
  const files = await newFiles({ public: true })
  ok(await files.upload('folder/a.txt', 'open'))
  const disposition = async (download) =>
    (await fetch(files.getPublicUrl('folder/a.txt', { download }).data.publicUrl)).headers.get('content-disposition')

  assert.equal(await disposition(true), 'attachment; filename="a.txt"')
  assert.equal(await disposition('b.txt'), 'attachment; filename="b.txt"')
  assert.match(await disposition('ü & +.txt'), /filename\*=UTF-8''%C3%BC%20%26%20%2B\.txt/)
})

test('a private file is at no public URL', async () => {
  const files = await newFiles()
  ok(await files.upload('a', 'a'))
  const answer = await fetch(files.getPublicUrl('a').data.publicUrl)
  assert.ok([400, 404].includes(answer.status))
  assert.equal((await answer.json()).statusCode, '404')
})

test('without a token a public file is read, and nothing written', async () => {
  const files = await newFiles({ public: true })
  ok(await files.upload('a', 'open'))
  const open = nobody.from(files.bucketId)

  assert.equal(await stored(open, 'a'), 'open')
  assert.equal(ok(await open.exists('a')), true)
  refused(await open.upload('b', 'b'), 401, 'Unauthorized')
  assert.equal((await bytes(ok(await open.download('a')))).length, 4)
})
