// Blobs, files and forms, which the client sends as multipart/form-data.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { bytes, newFiles, ok, refused, stored } from './client.mjs'

const form = (parts) => {
  const form = new FormData()
  Object.entries(parts).forEach(([name, value]) => form.append(name, value))
  return form
}

const BODIES = {
  'a Blob': () => new Blob(['content'], { type: 'text/css' }),
  'a File': () => new File(['content'], 'other.css', { type: 'text/css' }),
  'a FormData with a file': () => form({ '': new File(['content'], 'other.css', { type: 'text/css' }) }),
  'a FormData with a named file': () => form({ file: new File(['content'], 'other.css', { type: 'text/css' }) })
}

for (const [kind, body] of Object.entries(BODIES)) {
  test(`${kind} is uploaded`, async () => {
    const files = await newFiles()
    const uploaded = ok(await files.upload('a.css', body(), { metadata: { a: [1] }, cacheControl: '60' }))

    assert.equal(uploaded.fullPath, `${files.bucketId}/a.css`)
    assert.equal(await stored(files, 'a.css'), 'content')
    const info = ok(await files.info('a.css'))
    assert.equal(info.contentType, 'text/css')
    assert.equal(info.cacheControl, 'max-age=60')
    assert.deepEqual(info.metadata, { a: [1] })
  })

  test(`${kind} updates a file`, async () => {
    const files = await newFiles()
    ok(await files.upload('a.css', 'as it was'))
    ok(await files.update('a.css', body()))
    assert.equal(await stored(files, 'a.css'), 'content')
  })
}

test('fields of a form are before the options', async () => {
  const files = await newFiles()
  const body = form({ cacheControl: '5', metadata: '{"from":"form"}', file: new Blob(['content']) })
  ok(await files.upload('a', body, { cacheControl: '60', metadata: { from: 'options' } }))

  const info = ok(await files.info('a'))
  assert.equal(info.cacheControl, 'max-age=5')
  assert.deepEqual(info.metadata, { from: 'form' })
})

test('the encoding of a form is kept', async () => {
  const files = await newFiles()
  ok(await files.upload('a', new Blob(['content']), { contentEncoding: 'br' }))
  assert.equal(ok(await files.info('a')).contentEncoding, 'br')
})

test('a Blob of 0 bytes is a file', async () => {
  const files = await newFiles()
  ok(await files.upload('a', new Blob([])))
  assert.equal((await bytes(ok(await files.download('a')))).length, 0)
})

test('a Blob of 5 MiB comes back unchanged', async () => {
  const files = await newFiles()
  const content = Buffer.alloc(5 * 1024 * 1024, 'abcdefg')
  ok(await files.upload('a', new Blob([content], { type: 'image/png' })))
  assert.ok((await bytes(ok(await files.download('a')))).equals(content))
})

test('a form over a file is a duplicate, unless it is an upsert', async () => {
  const files = await newFiles()
  ok(await files.upload('a', new Blob(['first'])))
  refused(await files.upload('a', new Blob(['second'])), 409, 'KeyAlreadyExists', 'The resource already exists')
  ok(await files.upload('a', new Blob(['third']), { upsert: true }))
  assert.equal(await stored(files, 'a'), 'third')
})

test('limits hold for forms', async () => {
  const files = await newFiles({ public: false, fileSizeLimit: 3, allowedMimeTypes: ['image/*'] })
  ok(await files.upload('a', new Blob(['abc'], { type: 'image/png' })))
  refused(await files.upload('b', new Blob(['abcd'], { type: 'image/png' })), 413, 'EntityTooLarge')
  refused(await files.upload('c', new Blob(['abc'], { type: 'text/html' })), 415, 'InvalidMimeType')
})
