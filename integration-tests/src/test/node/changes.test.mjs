import assert from 'node:assert/strict'
import { test } from 'node:test'
import { alice, bob, newBucket, newFiles, nobody, ok, refused, stored } from './client.mjs'

test('a file is moved', async () => {
  const files = await newFiles()
  const { id } = ok(await files.upload('a.txt', 'a'))

  assert.equal(ok(await files.move('a.txt', 'folder/b.txt')).message, 'Successfully moved')
  assert.equal(ok(await files.info('folder/b.txt')).id, id)
  refused(await files.download('a.txt'), 404, 'NoSuchKey', 'Object not found')
})

test('a file is moved to another bucket', async () => {
  const files = await newFiles()
  const destinationBucket = await newBucket()
  ok(await files.upload('a.txt', 'a'))

  ok(await files.move('a.txt', 'b.txt', { destinationBucket }))
  assert.equal(await stored(alice.from(destinationBucket), 'b.txt'), 'a')
})

test('a move onto a file, or of none, is refused', async () => {
  const files = await newFiles()
  ok(await files.upload('a', 'a'))
  ok(await files.upload('b', 'b'))
  refused(await files.move('a', 'b'), 409, 'KeyAlreadyExists', 'The resource already exists')
  refused(await files.move('none', 'c'), 404, 'NoSuchKey', 'Object not found')
  refused(await files.move('a', 'c', { destinationBucket: 'js-none' }), 404, 'NoSuchBucket', 'Bucket not found')
})

test('a file is copied with all it has', async () => {
  const files = await newFiles()
  ok(await files.upload('a', 'a', { contentType: 'text/css', cacheControl: '60', metadata: { a: 1 } }))

  assert.equal(ok(await files.copy('a', 'folder/b')).path, `${files.bucketId}/folder/b`)
  const info = ok(await files.info('folder/b'))
  assert.equal(info.contentType, 'text/css')
  assert.equal(info.cacheControl, 'max-age=60')
  assert.deepEqual(info.metadata, { a: 1 })
  assert.equal(await stored(files, 'a'), 'a')
})

test('a file is copied to another bucket', async () => {
  const files = await newFiles()
  const destinationBucket = await newBucket()
  ok(await files.upload('a', 'a'))

  assert.equal(ok(await files.copy('a', 'b', { destinationBucket })).path, `${destinationBucket}/b`)
  assert.equal(await stored(alice.from(destinationBucket), 'b'), 'a')
})

test('a copy can have other headers', async () => {
  const files = await newFiles()
  ok(await files.upload('a', 'a', { contentType: 'text/css', cacheControl: '60' }))
  ok(await files.copy('a', 'b', { copyMetadata: false, metadata: { cacheControl: 'max-age=5' } }))
  ok(await files.copy('a', 'c', { copyMetadata: false, metadata: { mimetype: 'text/html' } }))

  const [b, c] = [ok(await files.info('b')), ok(await files.info('c'))]
  assert.deepEqual([b.contentType, b.cacheControl], ['text/css', 'max-age=5'])
  assert.deepEqual([c.contentType, c.cacheControl], ['text/html', 'max-age=60'])
})

test('a copy can have another encoding, or none', async () => {
  const files = await newFiles()
  ok(await files.upload('a', 'a', { contentEncoding: 'br' }))
  const copied = async (metadata) => {
    ok(await alice.from(files.bucketId).setHeader('x-upsert', 'true').copy('a', 'b', { copyMetadata: false, metadata }))
    return ok(await files.info('b')).contentEncoding
  }
  assert.equal(await copied({}), 'br')
  assert.equal(await copied({ contentEncoding: 'gzip' }), 'gzip')
  assert.equal(await copied({ contentEncoding: '' }), null)
})

test('a copy onto a file, or of none, is refused', async () => {
  const files = await newFiles()
  ok(await files.upload('a', 'a'))
  ok(await files.upload('b', 'b'))
  refused(await files.copy('a', 'b'), 409, 'KeyAlreadyExists', 'The resource already exists')
  refused(await files.copy('none', 'c'), 404, 'NoSuchKey', 'Object not found')
})

test('a copy onto a file is an upsert for who says so', async () => {
  const files = await newFiles()
  ok(await files.upload('a', 'a'))
  ok(await files.upload('b', 'b'))
  ok(await alice.from(files.bucketId).setHeader('x-upsert', 'true').copy('a', 'b'))
  assert.equal(await stored(files, 'b'), 'a')
})

test('files are removed, and what was removed is told', async () => {
  const files = await newFiles()
  const { id } = ok(await files.upload('folder/a.txt', 'a'))
  ok(await files.upload('b;+=,@ 😀.txt', 'b'))

  const removed = ok(await files.remove(['folder/a.txt', 'b;+=,@ 😀.txt', 'none']))

  assert.deepEqual(removed.map(({ name }) => name).sort(), ['b;+=,@ 😀.txt', 'folder/a.txt'])
  assert.equal(removed.find(({ name }) => name === 'folder/a.txt').id, id)
  assert.equal(removed[0].bucket_id, files.bucketId)
  assert.deepEqual(ok(await files.list()), [])
})

test('what is missing or not permitted is not removed, without an error', async () => {
  const files = await newFiles({ public: true })
  ok(await files.upload('a', 'a'))
  assert.deepEqual(ok(await files.remove(['none'])), [])
  assert.deepEqual(ok(await files.remove([])), [])
  assert.deepEqual(ok(await bob.from(files.bucketId).remove(['a'])), [])
  refused(await nobody.from(files.bucketId).remove(['a']), 401, 'Unauthorized')
  assert.equal(await stored(files, 'a'), 'a')
})

test('more than a thousand names are refused', async () => {
  const names = Array.from({ length: 1001 }, (_, i) => `${i}`)
  refused(await (await newFiles()).remove(names), 400, 'InvalidRequest')
})
